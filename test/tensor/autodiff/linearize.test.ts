import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { gradient, hessianProduct } from '../../../src/tensor/autodiff/gradient.ts';
import { linearize, residualBytes, residualName } from '../../../src/tensor/autodiff/linearize.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import { byteSize, type HostTensor, sizeOf, type TensorType } from '../../../src/tensor/graph/type.ts';
import { verifyGraph } from '../../../src/tensor/graph/verifier.ts';
import { inferType, newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, inputNames, numbers, operations, runGraph } from '../evaluate.ts';

const type = (...shape: number[]) => ({ dtype: 'float64', shape }) as const;

/** Cross-entropy of a two-layer network with a bias, and its Hessian product in both weights. */
function network() {
  const b = newBuilder();
  const inputs = {
    x: type(5, 3),
    first: type(4, 3),
    bias: type(4),
    second: type(2, 4),
    labels: { dtype: 'int64', shape: [5] },
  } satisfies Record<string, TensorType>;
  const nodes = Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [name, b.input(name, shape)]),
  );
  const { x, first, bias, second, labels } = nodes as Record<keyof typeof inputs, Node>;
  const hidden = b.tanh(b.add(b.matmul(x, first, false, true), bias));
  const loss = b.reduceMean(b.crossEntropy(b.matmul(hidden, second, false, true), labels), [0]);
  const weights = [first, second];
  const slopes = gradient(b, loss, weights);
  const tangents = weights.map((node, i) => b.input(`u${i}`, node.type));
  const products = hessianProduct(b, slopes, weights, tangents) as Node[];
  const outputs = products.map((node, i) => ({ name: `y${i}`, node }));
  return { inputs, tangents, products, linear: linearize('network', tangents, outputs) };
}

function draw(name: string, { dtype, shape }: TensorType): HostTensor {
  const stream = new RandomStream(1, 'linearize', name);
  if (dtype === 'float64') return float64(stream.gaussian(sizeOf(shape)), shape);
  return { dtype, shape, data: BigInt64Array.from(Array.from(stream.integers(2, sizeOf(shape))), BigInt) };
}

async function residualFeeds(residuals: readonly Node[], feeds: Readonly<Record<string, HostTensor>>) {
  const values = await evaluate(residuals, feeds);
  return Object.fromEntries(residuals.map((node, i) => [residualName(node), values[i] as HostTensor]));
}

describe('linearize', () => {
  it('splits the whole: primal part, then tangent part, give the same bits, for any tangent', async () => {
    const { inputs, tangents, products, linear } = network();
    verifyGraph(linear.tangentGraph, inferType);
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, draw(name, input)]),
    );
    const residuals = await residualFeeds(linear.residuals, feeds);
    for (const seed of ['one', 'other']) {
      const along = Object.fromEntries(tangents.map((node, i) => [`u${i}`, draw(`${seed}${i}`, node.type)]));
      const whole = await evaluate(products, { ...feeds, ...along });
      const parts = await runGraph(linear.tangentGraph, { ...feeds, ...residuals, ...along });
      expect(parts.map(numbers)).toEqual(whole.map(numbers));
    }
  });

  it('is linear: the product with 2 u - 3 v is twice that with u less three times that with v', async () => {
    const { inputs, tangents, linear } = network();
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, draw(name, input)]),
    );
    const residuals = await residualFeeds(linear.residuals, feeds);
    const product = async (combine: (u: number, v: number) => number) => {
      const along = tangents.map((node, i) => {
        const [u, v] = [draw(`u${i}`, node.type), draw(`v${i}`, node.type)].map(numbers) as [
          number[],
          number[],
        ];
        return [
          `u${i}`,
          float64(
            u.map((value, k) => combine(value, v[k] as number)),
            node.type.shape,
          ),
        ];
      });
      const values = await runGraph(linear.tangentGraph, {
        ...feeds,
        ...residuals,
        ...Object.fromEntries(along),
      });
      return values.flatMap(numbers);
    };
    const [u, v] = [await product((x) => x), await product((_, y) => y)];
    const both = await product((x, y) => 2 * x - 3 * y);
    // A few dozen roundings of terms of size 1 to 10.
    for (const [i, value] of both.entries())
      expect(Math.abs(value - (2 * (u[i] as number) - 3 * (v[i] as number)))).toBeLessThan(1e-13);
  });

  it('keeps no inputs, constants or views as residuals and runs nothing of the primal part', () => {
    const { linear } = network();
    for (const { op } of linear.residuals)
      expect(['input', 'constant', 'reshape', 'transpose', 'broadcast', 'slice']).not.toContain(op);
    expect(operations(linear.tangentGraph)).not.toContain('tanh');
    expect(operations(linear.tangentGraph)).not.toContain('crossEntropy');
    expect(residualBytes(linear.residuals)).toBe(
      linear.residuals.reduce((sum, node) => sum + byteSize(node.type), 0),
    );
  });

  it('makes views of weights again instead of holding them twice', () => {
    const b = newBuilder();
    const [w, x, t] = [b.input('w', type(4, 6)), b.input('x', type(2, 3, 4)), b.input('t', type(2, 3))];
    const part = b.transpose(b.reshape(b.sliceAxis(w, 0, 0, 2), [4, 3]), [1, 0]);
    const spread = b.broadcast(b.reshape(b.exp(b.sliceAxis(x, 2, 0, 1)), [2, 3]), [2, 3]);
    const output = b.matmul(b.mul(t, spread), part);
    const { residuals, tangentGraph } = linearize('views', [t], [{ name: 'y', node: output }]);
    expect(residuals.map((node) => node.op)).toEqual(['exp']);
    expect(inputNames(tangentGraph)).toContain('w');
    expect(inputNames(tangentGraph)).not.toContain('x');
  });

  it('reads only the tangents that matter', () => {
    const b = newBuilder();
    const [x, t, idle] = [b.input('x', type(2)), b.input('t', type(2)), b.input('idle', type(2))];
    const { tangentGraph } = linearize('sample', [t, idle], [{ name: 'y', node: b.mul(b.exp(x), t) }]);
    expect(inputNames(tangentGraph)).toEqual(['t', expect.stringMatching(/^residual\.\d+$/)]);
  });

  it('makes cheap residuals again where memory is short, with the same values', async () => {
    const b = newBuilder();
    const [x, w, t] = [b.input('x', type(4)), b.input('w', type(4)), b.input('t', type(4))];
    const kept = b.tanh(x);
    const cheap = b.mul(kept, w);
    const output = b.add(b.mul(b.mul(kept, t), t), b.mul(cheap, t));
    const outputs = [{ name: 'y', node: output }];
    const [all, lean] = [linearize('all', [t], outputs), linearize('lean', [t], outputs, 'lean')];
    expect(all.residuals).toEqual([kept, cheap]);
    expect(lean.residuals).toEqual([kept]);
    const feeds = { x: draw('x', x.type), w: draw('w', w.type), t: draw('t', t.type) };
    const values = await Promise.all(
      [all, lean].map(async ({ residuals, tangentGraph }) =>
        runGraph(tangentGraph, { ...feeds, ...(await residualFeeds(residuals, feeds)) }),
      ),
    );
    expect(values[1]?.map(numbers)).toEqual(values[0]?.map(numbers));
  });

  it('keeps a residual whose making needs one that is not kept, or a scale that a runtime may move', () => {
    const b = newBuilder();
    const [x, t] = [b.input('x', type(4)), b.input('t', type(4))];
    const far = b.mul(b.exp(x), b.tanh(x));
    const scaled = b.mul(b.sigmoid(x), b.scalar(3, 'float64'));
    const output = b.add(b.mul(far, t), b.mul(scaled, b.mul(b.sigmoid(x), t)));
    const { residuals } = linearize('lean', [t], [{ name: 'y', node: output }], 'lean');
    expect(residuals).toContain(far);
    expect(residuals).toContain(scaled);
  });

  it('keeps to the residuals of a larger linearisation when told so', () => {
    const b = newBuilder();
    const [x, w, t] = [b.input('x', type(4)), b.input('w', type(4)), b.input('t', type(4))];
    const kept = b.tanh(x);
    const output = b.mul(b.mul(kept, w), t);
    const { residuals, tangentGraph } = linearize(
      'block',
      [t],
      [{ name: 'y', node: output }],
      new Set([kept]),
    );
    expect(residuals).toEqual([kept]);
    expect(operations(tangentGraph)).toEqual(['mul', 'mul']);
  });
});
