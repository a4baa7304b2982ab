import { expect, it } from 'vitest';
import { groupNorm } from '../../../src/network/layers/group-norm.ts';
import { emptyTrace, LAYER_TOLERANCE, layerError } from './oracle-case.ts';

it.each([
  ['group_norm', 2],
  ['instance_norm', 3],
] as const)('%s with %i groups is that of PyTorch', async (name, groups) => {
  const error = await layerError(name, ['weight', 'bias'], ({ trace, get }) =>
    groupNorm(trace, get('x'), 'layer', groups),
  );
  expect(error).toBeLessThan(LAYER_TOLERANCE);
});

it('refuses groups that the channels do not divide into', () => {
  const { trace, image } = emptyTrace();
  expect(() => groupNorm(trace, image, 'layer', 4)).toThrow(
    /divide into 4 groups, found float64\[2, 6, 4, 4\]/,
  );
});
