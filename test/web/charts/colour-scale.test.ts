import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colourAt, inkOn, scaleOver } from '../../../web/charts/colour-scale.ts';

test('viridis and cividis begin and end with the colours that they are published with', () => {
  expect(colourAt('viridis', 0)).toEqual([0x44, 0x01, 0x54]);
  expect(colourAt('viridis', 1)).toEqual([0xfd, 0xe7, 0x25]);
  // Cividis is a polynomial that goes through 00204d and ffea46 to a few units.
  for (const [share, ends] of [
    [0, [0x00, 0x20, 0x4d]],
    [1, [0xff, 0xea, 0x46]],
  ] as const)
    for (const [channel, value] of colourAt('cividis', share).entries())
      expect(Math.abs(value - (ends[channel] as number))).toBeLessThan(12);
});

test('text on a colour is black on bright ones and white on dark ones', () => {
  expect(inkOn(colourAt('viridis', 0))).toBe('#ffffff');
  expect(inkOn(colourAt('viridis', 1))).toBe('#000000');
});

test('a scale keeps the order of values, from 0 at the least to 1 at the largest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 30 }),
      (values) => {
        const scale = scaleOver(values);
        const sorted = [...values].sort((a, b) => a - b);
        const shares = sorted.map((value) => scale.shareOf(value) as number);
        for (const [index, share] of shares.entries())
          if (index > 0) expect(share).toBeGreaterThanOrEqual((shares[index - 1] as number) - 1e-12);
        expect(shares[0]).toBeCloseTo(0, 9);
        if (sorted[0] !== sorted.at(-1)) expect(shares.at(-1)).toBeCloseTo(1, 9);
      },
    ),
  );
});

test('values that span many decades are told apart by their logarithm', () => {
  const scale = scaleOver([1e-4, 1e-2, 1]);
  // About evenly: a symmetric logarithm is not quite one at its threshold.
  expect(scale.shareOf(1e-2)).toBeGreaterThan(0.4);
  expect(scale.shareOf(1e-2)).toBeLessThan(0.6);
  expect(scale.valueAt(scale.shareOf(1e-2) as number)).toBeCloseTo(1e-2, 9);
  expect(scaleOver([1, 2, 4]).shareOf(2)).toBeCloseTo(1 / 3, 12);
});

test('what has no value has no colour', () => {
  expect(scaleOver([null, 1, 2]).shareOf(null)).toBeNull();
});
