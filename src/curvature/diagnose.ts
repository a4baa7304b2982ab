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

function valueName(node: Node): string {
  return `value.${node.id}`;
}

function allFinite(values: ArrayLike<number | bigint> | undefined): boolean {
  if (!values || values instanceof BigInt64Array || values instanceof Uint8Array) return true;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
