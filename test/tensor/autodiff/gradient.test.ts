import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { gradient, hessianProduct, vjp } from '../../../src/tensor/autodiff/gradient.ts';
import { jvp } from '../../../src/tensor/autodiff/jvp.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import type { OpBuilder } from '../../../src/tensor/ops/syntax.ts';
import { evaluate, float64, numbers } from '../evaluate.ts';

const vector = (size: number) => ({ dtype: 'float64', shape: [size] }) as const;

/** Gradient and Hessian (row by row) of a function of one vector, the Hessian by products with unit vectors. */
async function derivatives(
  f: (b: OpBuilder, x: Node) => Node,
  point: readonly number[],
  feeds: Readonly<Record<string, HostTensor>> = {},
) {
  const n = point.length;
  const b = newBuilder();
  const x = b.input('x', vector(n));
  const direction = b.input('u', vector(n));
  const slopes = gradient(b, f(b, x), [x]);
  const [product] = hessianProduct(b, slopes, [x], [direction]);
  const all = { ...feeds, x: float64(point) };
  const [slope] = await evaluate(slopes, all);
  const hessian: number[][] = [];
  for (let column = 0; column < n; column++) {
    const unit = float64(Array.from({ length: n }, (_, i) => (i === column ? 1 : 0)));
    const [values] = product
      ? await evaluate([product], { ...all, u: unit })
      : [float64(new Float64Array(n))];
    hessian.push(numbers(values));
  }
  return { slope: numbers(slope), hessian };
}

/** Rounding of a few dozen operations of numbers of this size. */
function expectClose(found: readonly number[], expected: readonly number[], size = 1): void {
  expect(found.length).toBe(expected.length);
  for (const [index, value] of expected.entries())
    expect(Math.abs((found[index] as number) - value)).toBeLessThan(100 * Number.EPSILON * size);
}

describe('closed forms', () => {
  it("x'Ax has gradient (A + A')x and Hessian A + A'", async () => {
    const n = 5;
    const a = new RandomStream(1, 'quadratic form').gaussian(n * n);
    const point = Array.from(new RandomStream(1, 'point').gaussian(n));
    const entry = (i: number, j: number) => (a[i * n + j] as number) + (a[j * n + i] as number);
    const { slope, hessian } = await derivatives(
      (b, x) => {
        const matrix = b.input('A', { dtype: 'float64', shape: [n, n] });
        const column = b.reshape(x, [n, 1]);
        return b.reshape(b.matmul(b.matmul(column, matrix, true), column), []);
      },
      point,
      { A: float64(a, [n, n]) },
    );
    const rows = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => entry(i, j)));
    expectClose(
      slope,
      rows.map((row) => row.reduce((sum, value, j) => sum + value * (point[j] as number), 0)),
      10,
    );
    for (const [j, column] of hessian.entries()) expectClose(column, rows[j] as number[], 10);
  });

  it("log-sum-exp has the softmax p as gradient and diag(p) - p p' as Hessian", async () => {
    const point = [0.5, -1, 2, 0];
    const { slope, hessian } = await derivatives((b, x) => b.log(b.reduceSum(b.exp(x), [0])), point);
    const total = point.reduce((sum, value) => sum + Math.exp(value), 0);
    const p = point.map((value) => Math.exp(value) / total);
    expectClose(slope, p);
    for (const [j, column] of hessian.entries())
      expectClose(
        column,
        p.map((value, i) => (i === j ? value : 0) - value * (p[j] as number)),
      );
  });

  it("Rosenbrock's function: (1 - x)^2 + 100 (y - x^2)^2", async () => {
    const [x, y] = [-1.2, 1];
    const { slope, hessian } = await derivatives(
      (b, point) => {
        const [first, second] = [0, 1].map((i) => b.reshape(b.sliceAxis(point, 0, i, i + 1), [])) as [
          Node,
          Node,
        ];
        const off = b.sub(second, b.power(first, 2));
        return b.add(b.power(b.sub(1, first), 2), b.mul(100, b.mul(off, off)));
      },
      [x, y],
    );
    expectClose(slope, [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)], 1000);
    expectClose(hessian[0] as number[], [2 - 400 * y + 1200 * x * x, -400 * x], 1000);
    expectClose(hessian[1] as number[], [-400 * x, 200], 1000);
  });
});

describe('third derivatives, by differentiating the Hessian product', () => {
  async function third(f: (b: OpBuilder, x: Node) => Node, point: readonly number[]): Promise<number[]> {
    const b = newBuilder();
    const x = b.input('x', vector(point.length));
    const ones = b.constant(float64(point.map(() => 1)));
    const slopes = gradient(b, b.reduceSum(f(b, x), [0]), [x]);
    const products = hessianProduct(b, slopes, [x], [ones]) as Node[];
    const [bend] = jvp(b, products, new Map([[x, ones]]));
    return numbers((await evaluate([bend as Node], { x: float64(point) }))[0]);
  }
  const points = [-1.5, -0.25, 0, 0.5, 2];

  it('of tanh: -2 (1 - t^2) (1 - 3 t^2)', async () => {
    const expected = points.map((x) => -2 * (1 - Math.tanh(x) ** 2) * (1 - 3 * Math.tanh(x) ** 2));
    expectClose(await third((b, x) => b.tanh(x), points), expected, 2);
  });

  it('of x^3, also at 0', async () => {
    expectClose(await third((b, x) => b.power(x, 3), points), [6, 6, 6, 6, 6], 6);
  });

  it('of the exact GELU: phi(x) (x^3 - 4 x)', async () => {
    const phi = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    expectClose(
      await third((b, x) => b.gelu(x), points),
      points.map((x) => phi(x) * (x ** 3 - 4 * x)),
      5,
    );
  });

  it('of cross-entropy: the third cumulant of the softmax', async () => {
    const b = newBuilder();
    const x = b.input('x', { dtype: 'float64', shape: [1, 3] });
    const label = b.constant({ dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) });
    const u = [1, -2, 0.5];
    const direction = b.constant(float64(u, [1, 3]));
    const slopes = gradient(b, b.reduceSum(b.crossEntropy(x, label), [0]), [x]);
    const products = hessianProduct(b, slopes, [x], [direction]) as Node[];
    const [bend] = jvp(b, products, new Map([[x, direction]]));
    const point = [0.3, 1, -0.7];
    const [found] = await evaluate([b.reduceSum(b.mul(bend as Node, direction), [0, 1])], {
      x: float64(point, [1, 3]),
    });
    const total = point.reduce((sum, value) => sum + Math.exp(value), 0);
    const p = point.map((value) => Math.exp(value) / total);
    const mean = p.reduce((sum, value, i) => sum + value * (u[i] as number), 0);
    expectClose(
      numbers(found),
      [p.reduce((sum, value, i) => sum + value * ((u[i] as number) - mean) ** 3, 0)],
      10,
    );
  });

  it('of a square is zero, structurally', () => {
    const b = newBuilder();
    const [x, u] = [b.input('x', vector(2)), b.input('u', vector(2))];
    const slopes = gradient(b, b.reduceSum(b.power(x, 2), [0]), [x]);
    const products = hessianProduct(b, slopes, [x], [u]) as Node[];
    expect(jvp(b, products, new Map([[x, u]]))).toEqual([null]);
  });
});

describe('vjp', () => {
  it("of a layer x W' gives g W and g'x", async () => {
    const b = newBuilder();
    const [x, w, g] = [
      b.input('x', { dtype: 'float64', shape: [2, 3] }),
      b.input('w', { dtype: 'float64', shape: [1, 3] }),
      b.input('g', { dtype: 'float64', shape: [2, 1] }),
    ];
    const pulled = vjp(b, [b.matmul(x, w, false, true)], [x, w], [g]) as Node[];
    const feeds = {
      x: float64([1, 2, 3, 4, 5, 6], [2, 3]),
      w: float64([7, 8, 9], [1, 3]),
      g: float64([2, -1], [2, 1]),
    };
    const [toX, toW] = await evaluate(pulled, feeds);
    expect(numbers(toX)).toEqual([14, 16, 18, -7, -8, -9]);
    expect(numbers(toW)).toEqual([-2, -1, 0]);
  });

  it('adds up over outputs and gives null where nothing depends', async () => {
    const b = newBuilder();
    const [x, idle, g] = [b.input('x', vector(2)), b.input('idle', vector(2)), b.input('g', vector(2))];
    const pulled = vjp(b, [b.mul(3, x), b.exp(x), b.step(idle)], [x, idle], [g, g, g]);
    expect(pulled[1]).toBeNull();
    const [sum] = await evaluate([pulled[0] as Node], { x: float64([0, 1]), g: float64([1, 10]) });
    expectClose(numbers(sum), [4, 10 * (3 + Math.E)], 100);
  });
});

describe('gradient', () => {
  it('is zero for a primal that the loss does not depend on', async () => {
    const b = newBuilder();
    const [x, idle] = [b.input('x', vector(2)), b.input('idle', { dtype: 'float64', shape: [2, 2] })];
    const slopes = gradient(b, b.reduceSum(x, [0]), [x, idle]);
    const values = await evaluate(slopes, { x: float64([1, 2]), idle: float64([1, 2, 3, 4], [2, 2]) });
    expect(values.map(numbers)).toEqual([
      [1, 1],
      [0, 0, 0, 0],
    ]);
  });

  it('refuses what is not a floating-point scalar', () => {
    const b = newBuilder();
    const x = b.input('x', vector(2));
    expect(() => gradient(b, x, [x])).toThrow(
      'expected a floating-point scalar to differentiate, found float64[2]',
    );
    const count = b.input('count', { dtype: 'int64', shape: [] });
    expect(() => gradient(b, count, [x])).toThrow('found int64[]');
  });
});

describe('hessianProduct', () => {
  it('leaves blocks of the vector out, structurally', async () => {
    const b = newBuilder();
    const [x, y, u] = [b.input('x', vector(1)), b.input('y', vector(1)), b.input('u', vector(1))];
    // f = x^2 y + y^3 / 3: H = [[2 y, 2 x], [2 x, 2 y]].
    const f = b.add(b.mul(b.mul(x, x), y), b.mul(1 / 3, b.power(y, 3)));
    const slopes = gradient(b, b.reduceSum(f, [0]), [x, y]);
    const products = hessianProduct(b, slopes, [x, y], [u, null]) as Node[];
    const values = await evaluate(products, { x: float64([3]), y: float64([5]), u: float64([1]) });
    expect(values.map(numbers)).toEqual([[10], [6]]);
    const linear = gradient(b, b.reduceSum(b.mul(2, x), [0]), [x]);
    expect(hessianProduct(b, linear, [x], [u])).toEqual([null]);
  });
});
