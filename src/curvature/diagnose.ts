import { type Linearization, residualName } from '../tensor/autodiff/linearize.ts';
import type { Engine, NamedTensors } from '../tensor/engine/engine.ts';
import { usedInputs } from '../tensor/engine/feeds.ts';
import { type Graph, graphOf, type Node } from '../tensor/graph/node.ts';
import { formatType } from '../tensor/graph/type.ts';

/**
 * Says which operation first produced NaN or an infinity, by running the graph with every floating-point
 * value as an output. Costs the memory of all of them; meant for the moment after a failure.
 */
export async function describeNonFinite(engine: Engine, graph: Graph, feeds: NamedTensors): Promise<string> {
  const badInput = usedInputs(graph).find((name) => !allFinite(feeds[name]?.data));
  if (badInput) return `the input '${badInput}' already holds a value that is not finite`;
  const watched = graph.nodes.filter(
    (node) => node.type.dtype.startsWith('float') && !['input', 'constant'].includes(node.op),
  );
  const probe = graphOf(
    `${graph.name} watched`,
    graph.inputs,
    watched.map((node) => ({ name: valueName(node), node })),
  );
  const executable = await engine.compile(probe);
  try {
    const values = await executable.run(feeds);
    const first = watched.find((node) => !allFinite(values[valueName(node)]?.data));
    if (!first)
      return 'no single operation produces it when run alone; it may come from unstable hardware or races';
    return `the first such value comes from '${first.op}' (%${first.id}: ${formatType(first.type)})`;
  } finally {
    await executable.release();
  }
}

/**
 * The same for a linear map in two parts: in the primal part, if what the tangent part takes from it is not finite already,
 * else in the tangent part.
 *
 * @param primalGraph would compute the residuals that it is given.
 * @param primalFeeds what the primal part reads.
 * @param tangents the vector, by the names under which the tangent part takes it.
 */
export async function describeNonFiniteProduct(
  engine: Engine,
  { residuals, tangentGraph }: Linearization,
  primalGraph: (residuals: readonly Node[]) => Graph,
  primalFeeds: NamedTensors,
  tangents: NamedTensors,
): Promise<string> {
  const run = async (graph: Graph) => {
    const executable = await engine.compile(graph);
    try {
      return await executable.run(only(primalFeeds, usedInputs(graph)));
    } finally {
      await executable.release();
    }
  };
  const values = await run(primalGraph(residuals));
  const bad = residuals.find((node) => !allFinite(values[residualName(node)]?.data));
  if (bad) {
    const graph = primalGraph([bad]);
    return `${await describeNonFinite(engine, graph, only(primalFeeds, usedInputs(graph)))}, before the vector comes in`;
  }
  const feeds = { ...primalFeeds, ...values, ...tangents };
  return describeNonFinite(engine, tangentGraph, only(feeds, usedInputs(tangentGraph)));
}

function only(values: NamedTensors, names: readonly string[]): NamedTensors {
  return Object.fromEntries(names.map((name) => [name, values[name] as NamedTensors[string]]));
}

function valueName(node: Node): string {
  return `value.${node.id}`;
}

function allFinite(values: ArrayLike<number | bigint> | undefined): boolean {
  if (!values || values instanceof BigInt64Array || values instanceof Uint8Array) return true;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
