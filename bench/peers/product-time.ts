import type { Engine } from '../../src/tensor/engine/engine.ts';
import { graphOf } from '../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../src/tensor/graph/type.ts';
import { newBuilder } from '../../src/tensor/ops/index.ts';
import type { ProductShape } from './cases.ts';
import { PRECISION } from './subject.ts';

/**
 * The least time in milliseconds of one float32 matrix product. Only one row of the result leaves the runtime, so
 * that the copy of an output does not count.
 *
 * @param seconds for how long the product is repeated.
 */
export async function leastProductMs(
  engine: Engine,
  [rows, inner, columns]: ProductShape,
  seconds: number,
): Promise<number> {
  const b = newBuilder();
  const left = b.input('left', { dtype: PRECISION, shape: [rows, inner] });
  const right = b.input('right', { dtype: PRECISION, shape: [inner, columns] });
  const firstRow = b.sliceAxis(b.matmul(left, right), 0, 0, 1);
  const executable = await engine.compile(
    graphOf('product', [left, right], [{ name: 'row', node: firstRow }]),
  );
  const ones = (shape: readonly number[]): HostTensor => ({
    dtype: PRECISION,
    shape,
    data: new Float32Array(shape.reduce((size, extent) => size * extent, 1)).fill(1),
  });
  const feeds = { left: ones(left.type.shape), right: ones(right.type.shape) };
  let leastMs = Number.POSITIVE_INFINITY;
  const endsAt = performance.now() + 1e3 * seconds;
  while (performance.now() < endsAt) {
    const startedAt = performance.now();
    await executable.run(feeds);
    leastMs = Math.min(leastMs, performance.now() - startedAt);
  }
  await executable.release();
  return leastMs;
}
