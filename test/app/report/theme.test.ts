import { expect, it } from 'vitest';
import { FILE_PALETTE, kindColour, kindLabel, orderedKinds } from '../../../src/app/report/theme.ts';
import { BLOCK_KINDS } from '../../../src/network/models/model.ts';

it.each(BLOCK_KINDS)('blocks of the kind %s have a colour of their own', (kind) => {
  expect(kindColour(FILE_PALETTE, kind)).not.toBe(FILE_PALETTE.otherKind);
});

it('kinds without a colour come last in the legend, under their own names', () => {
  expect(orderedKinds(['wavelet', 'bias', 'conv'])).toEqual(['conv', 'bias', 'wavelet']);
  expect(kindColour(FILE_PALETTE, 'wavelet')).toBe(FILE_PALETTE.otherKind);
  expect(kindLabel('wavelet')).toBe('wavelet');
});
