import { describe, expect, it } from 'vitest';
import { layoutOf, toTensors } from '../../src/curvature/layout.ts';
import type { ParameterSpec } from '../../src/network/models/model.ts';

const spec = (name: string, shape: number[]) => ({ name, shape }) as unknown as ParameterSpec;
const layout = layoutOf([spec('weight', [2, 2]), spec('bias', [2])]);
const counted = (first: number) => Float32Array.from({ length: 6 }, (_, i) => first + i);

describe('vectors as tensors', () => {
  it('puts each parameter into a tensor of its own, the vectors along a leading axis', () => {
    const [weight, bias] = toTensors([counted(1), counted(11)], layout, 'float32', 2);
    expect(weight).toEqual({
      dtype: 'float32',
      shape: [2, 2, 2],
      data: Float32Array.of(1, 2, 3, 4, 11, 12, 13, 14),
    });
    expect(bias?.data).toEqual(Float32Array.of(5, 6, 15, 16));
  });

  it('overwrites tensors of an earlier call, and leaves nothing of vectors that there are fewer of now', () => {
    const earlier = toTensors([counted(1), counted(11)], layout, 'float32', 2);
    const memory = earlier.map(({ data }) => data);
    const tensors = toTensors([counted(21)], layout, 'float32', 2, earlier);
    expect(tensors.map(({ data }) => data)).toEqual([
      Float32Array.of(21, 22, 23, 24, 0, 0, 0, 0),
      Float32Array.of(25, 26, 0, 0),
    ]);
    for (const [index, { data }] of tensors.entries()) expect(data).toBe(memory[index]);
  });

  it('refuses a vector of another length', () => {
    expect(() => toTensors([new Float32Array(5)], layout, 'float32', 1)).toThrow('expected a vector of 6');
  });
});
