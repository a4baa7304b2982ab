import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { batchLinear } from '../../../src/tensor/autodiff/batch.ts';
import { vjp } from '../../../src/tensor/autodiff/gradient.ts';
import { jvp } from '../../../src/tensor/autodiff/jvp.ts';
import { interpreter } from '../../../src/tensor/engine/interpreter.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import { type Graph, graphOf, inputName, type Node } from '../../../src/tensor/graph/node.ts';
import { type HostTensor, sizeOf } from '../../../src/tensor/graph/type.ts';
import { verifyGraph } from '../../../src/tensor/graph/verifier.ts';
import type { OpDefinition } from '../../../src/tensor/ops/define/operation.ts';
import { inferType, OPS } from '../../../src/tensor/ops/index.ts';
import { type Application, applySample, relativeError, tensorOf } from './samples.ts';

const operations = Object.values(OPS) as readonly OpDefinition[];
const engines = [onnxRuntimeEngine({ threads: 1 }), interpreter] as const;

/** Central differences with step h err by h^2 f'''/6 + eps/h: with h = 1e-5 and |f'''| up to 100, 1e-8 to 1e-7. */
const STEP = 1e-5;
const DIFFERENCE_TOLERANCE = 1e-6;

function isDifferentiable(op: OpDefinition, application: Application): boolean {
  return op.kind !== 'nondifferentiable' && tangentOf(application).tangent !== null;
}

/** The tangent graph of an application, with a tangent input for each floating-point argument. */
function tangentOf({ b, output, primals }: Application, target: Node = output) {
  const tangents = primals.map((primal) => b.input(`t.${inputName(primal)}`, primal.type));
  const [tangent] = jvp(b, [target], new Map(primals.map((primal, i) => [primal, tangents[i] as Node])));
  return { tangent: tangent as Node | null, tangents };
}

function directions(primals: readonly Node[], name: string): Record<string, HostTensor> {
  return Object.fromEntries(
    primals.map((primal) => {
      const values = new RandomStream(2, name, inputName(primal)).gaussian(sizeOf(primal.type.shape));
      return [`t.${inputName(primal)}`, tensorOf('float64', primal.type.shape, values)];
    }),
  );
}

/** The outputs of a graph on ONNX Runtime and on the reference. */
function runBoth(graph: Graph, feeds: Record<string, HostTensor>): Promise<Record<string, HostTensor>[]> {
  return Promise.all(
    engines.map(async (engine) => {
      const executable = await engine.compile(graph);
      const needed = executable.inputNames.map((name) => [name, feeds[name] as HostTensor] as const);
      const result = await executable.run(Object.fromEntries(needed));
      await executable.release();
      return result;
    }),
  );
}

async function evaluate(
  name: string,
  outputs: readonly Node[],
  feeds: Record<string, HostTensor>,
): Promise<HostTensor[]> {
  const nodes = outputs.map((node, index) => ({ name: `y${index}`, node }));
  const inputs = [...new Set(outputs.flatMap((node) => inputsBelow(node)))];
  const graph = graphOf(name, inputs, nodes);
  verifyGraph(graph, inferType);
  const results = await (await interpreter.compile(graph)).run(feeds);
  return outputs.map((_, index) => results[`y${index}`] as HostTensor);
}

function inputsBelow(node: Node, seen = new Set<Node>()): Node[] {
  if (seen.has(node)) return [];
  seen.add(node);
  return node.op === 'input' ? [node] : node.inputs.flatMap((input) => inputsBelow(input, seen));
}

/** The feeds with each primal moved by `step` along its direction. */
function moved(
  application: Application,
  along: Record<string, HostTensor>,
  step: number,
): Record<string, HostTensor> {
  const feeds = { ...application.feeds };
  for (const primal of application.primals) {
    const name = inputName(primal);
    const direction = along[`t.${name}`] as HostTensor;
    const values = Float64Array.from(
      feeds[name]?.data as Float64Array,
      (x, i) => x + step * Number(direction.data[i]),
    );
    feeds[name] = tensorOf('float64', primal.type.shape, values);
  }
  return feeds;
}

async function centralDifference(
  application: Application,
  target: Node,
  extra: Record<string, HostTensor>,
  along: Record<string, HostTensor>,
): Promise<HostTensor> {
  const [ahead] = await evaluate('ahead', [target], { ...moved(application, along, STEP), ...extra });
  const [behind] = await evaluate('behind', [target], { ...moved(application, along, -STEP), ...extra });
  const values = Float64Array.from(
    ahead?.data as Float64Array,
    (x, i) => (x - Number(behind?.data[i])) / (2 * STEP),
  );
  return tensorOf('float64', target.type.shape, values);
}

describe.each(operations.map((op) => [op.name, op] as const))('%s', (_, op) => {
  const samples = op.samples.map((sample, index) => [index, sample] as const);

  it('has samples', () => expect(op.samples.length).toBeGreaterThan(0));

  it.each(samples)('sample %i: the inferred shape is the computed one', async (_, sample) => {
    const application = applySample(op, sample, 'float64');
    const [result] = await evaluate(op.name, [application.output], application.feeds);
    expect(result?.data.length).toBe(sizeOf(application.output.type.shape));
  });

  it.each(samples)('sample %i: the tangent is the central difference, to second order', async (_, sample) => {
    const application = applySample(op, sample, 'float64');
    if (!isDifferentiable(op, application)) return;
    const { tangent } = tangentOf(application);
    const along = directions(application.primals, 'first');
    const [found] = await evaluate('tangent', [tangent as Node], { ...application.feeds, ...along });
    const expected = await centralDifference(application, application.output, {}, along);
    expect(relativeError(found as HostTensor, expected)).toBeLessThan(DIFFERENCE_TOLERANCE);

    const second = jvpAgain(application, tangent as Node);
    const inner = directions(application.primals, 'second');
    const renamed = Object.fromEntries(
      Object.entries(inner).map(([name, value]) => [name.replace('t.', 's.'), value]),
    );
    const slope = await centralDifference(application, tangent as Node, along, inner);
    const bend = second
      ? (await evaluate('second', [second], { ...application.feeds, ...along, ...renamed }))[0]
      : tensorOf('float64', slope.shape, new Float64Array(slope.data.length));
    expect(relativeError(bend as HostTensor, slope)).toBeLessThan(DIFFERENCE_TOLERANCE);
  });

  it.each(samples)('sample %i: <ct, J t> = <J^T ct, t>', async (_, sample) => {
    const application = applySample(op, sample, 'float64');
    if (!isDifferentiable(op, application)) return;
    const { b, output, primals, feeds } = application;
    const { tangent } = tangentOf(application);
    const cotangent = b.input('ct', output.type);
    const pulled = vjp(b, [output], primals, [cotangent]);
    const ct = tensorOf(
      'float64',
      output.type.shape,
      new RandomStream(3, op.name).gaussian(sizeOf(output.type.shape)),
    );
    const along = directions(primals, 'pairing');
    const all = { ...feeds, ...along, ct };
    const [pushed, ...back] = await evaluate(
      'pairing',
      [tangent as Node, ...pulled.flatMap((node) => node ?? [])],
      all,
    );
    const left = inner(ct, pushed as HostTensor);
    const reached = primals.filter((_, index) => pulled[index]);
    const terms = reached.map((primal, index) =>
      inner(back[index] as HostTensor, along[`t.${inputName(primal)}`] as HostTensor),
    );
    // Two orders of the same few hundred products: rounding of each is below 1e-15 of the largest term.
    expect(Math.abs(left - terms.reduce((sum, term) => sum + term, 0))).toBeLessThan(
      1e-11 * Math.max(1, Math.abs(left)),
    );
  });

  it.each(samples)('sample %i: a batch of tangents gives what each gives alone', async (_, sample) => {
    const application = applySample(op, sample, 'float64');
    if (!isDifferentiable(op, application)) return;
    const size = 3;
    const { tangent, tangents } = tangentOf(application);
    const single = graphOf(
      op.name,
      [...application.inputs, ...tangents],
      [{ name: 'y', node: tangent as Node }],
    );
    const batched = batchLinear(single, tangents, size);
    verifyGraph(batched, inferType);
    const { alone, together } = stackedDirections(tangents, size);
    const all = await runBoth(batched, { ...application.feeds, ...together });
    for (const [index, feeds] of alone.entries()) {
      const [expected] = await evaluate('alone', [tangent as Node], { ...application.feeds, ...feeds });
      const length = (expected as HostTensor).data.length;
      for (const result of all) {
        const values = (result.y as HostTensor).data as Float64Array;
        const part = values.slice(index * length, (index + 1) * length);
        const found = tensorOf('float64', (expected as HostTensor).shape, part);
        // Sums of at most a few hundred terms in another order.
        expect(relativeError(found, expected as HostTensor)).toBeLessThan(1e-13);
      }
    }
  });

  it.each(samples)(
    'sample %i: ONNX Runtime agrees with the reference in both precisions',
    async (_, sample) => {
      for (const [dtype, tolerance] of [
        ['float64', 1e-13],
        ['float32', 3e-6],
      ] as const) {
        const application = applySample(op, sample, dtype);
        const differentiable = op.kind !== 'nondifferentiable' ? tangentOf(application) : null;
        const targets = [application.output, ...(differentiable?.tangent ? [differentiable.tangent] : [])];
        const feeds: Record<string, HostTensor> = { ...application.feeds };
        for (const [name, value] of Object.entries(directions(application.primals, 'engines')))
          feeds[name] = tensorOf(dtype, value.shape, value.data as Float64Array);
        const inputs = [...new Set(targets.flatMap((node) => inputsBelow(node)))];
        const graph = graphOf(
          op.name,
          inputs,
          targets.map((node, i) => ({ name: `y${i}`, node })),
        );
        const [found, expected] = await Promise.all(
          engines.map(async (engine) => {
            const executable = await engine.compile(graph);
            const result = await executable.run(feeds);
            await executable.release();
            return result;
          }),
        );
        for (const { name, node } of graph.outputs) {
          expect(found?.[name]?.shape).toEqual(node.type.shape);
          expect(found?.[name]?.dtype).toBe(node.type.dtype);
          expect(relativeError(found?.[name] as HostTensor, expected?.[name] as HostTensor)).toBeLessThan(
            tolerance,
          );
        }
      }
    },
  );
});

/** Random tangents for a whole batch, and each alone, under the names of the tangent inputs. */
function stackedDirections(tangents: readonly Node[], size: number) {
  const alone = Array.from({ length: size }, (_, index) => directionsFor(tangents, `batch ${index}`));
  const together = Object.fromEntries(
    tangents.map((tangent) => {
      const name = inputName(tangent);
      const values = alone.flatMap((feeds) => Array.from(feeds[name]?.data as Float64Array));
      return [name, tensorOf('float64', [size, ...tangent.type.shape], Float64Array.from(values))];
    }),
  );
  return { alone, together };
}

function directionsFor(tangents: readonly Node[], stream: string): Record<string, HostTensor> {
  return Object.fromEntries(
    tangents.map((tangent) => {
      const values = new RandomStream(4, stream, inputName(tangent)).gaussian(sizeOf(tangent.type.shape));
      return [inputName(tangent), tensorOf('float64', tangent.type.shape, values)];
    }),
  );
}

function jvpAgain(application: Application, tangent: Node): Node | null {
  const { b, primals } = application;
  const seeds = new Map(primals.map((primal) => [primal, b.input(`s.${inputName(primal)}`, primal.type)]));
  return jvp(b, [tangent], seeds)[0] ?? null;
}

function inner(x: HostTensor, y: HostTensor): number {
  return Array.from(x.data as Float64Array).reduce((sum, value, i) => sum + value * Number(y.data[i]), 0);
}
