import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearAxis, logAxis, symmetricLogAxis } from '../../../web/charts/placed-axis.ts';

const axes = {
  linear: linearAxis('x'),
  logarithmic: logAxis('x'),
  'symmetric-logarithmic': symmetricLogAxis('x', 1e-3),
};

test.each(Object.entries(axes))('a %s axis leads from a value to its place and back', (_, axis) => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (value) => {
      // log10 and its inverse, expm1 and log1p each round by a few eps of an exponent up to 21.
      expect(axis.valueAt(axis.place(value)) / value).toBeCloseTo(1, 10);
    }),
  );
});

test.each(Object.entries(axes))('ticks of a %s axis lie inside, ascend and are named', (_, axis) => {
  fc.assert(
    fc.property(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: 0.01, max: 9, noNaN: true }),
      (low, length) => {
        const ticks = axis.ticks(low, low + length, length / 6);
        const rounding = 1e-9 * (1 + Math.abs(low) + length);
        for (const [index, { position, text }] of ticks.entries()) {
          expect(position).toBeGreaterThanOrEqual(low - rounding);
          expect(position).toBeLessThanOrEqual(low + length + rounding);
          if (index > 0) expect(position).toBeGreaterThan(ticks[index - 1]?.position as number);
          expect(text).not.toBe('');
        }
      },
    ),
  );
});

test('ticks of a linear axis are 1, 2 or 5 times a power of ten apart', () => {
  expect(axes.linear.ticks(0, 10, 2).map(({ text }) => text)).toEqual(['0', '2', '4', '6', '8', '10']);
  expect(axes.linear.ticks(-0.1, 0.1, 0.04).map(({ text }) => text)).toEqual([
    '−0.10',
    '−0.05',
    '0',
    '0.05',
    '0.10',
  ]);
});

test('a logarithmic axis names powers of ten, and has no place for what is not positive', () => {
  expect(axes.logarithmic.ticks(-3, 2, 1).map(({ text }) => text)).toEqual([
    '10⁻³',
    '10⁻²',
    '10⁻¹',
    '1',
    '10',
    '10²',
  ]);
  expect(axes.logarithmic.place(0)).toBeNaN();
  expect(axes.logarithmic.place(-1)).toBeNaN();
});

test('a symmetric-logarithmic axis names zero and both of its ends', () => {
  const axis = symmetricLogAxis('x', 1e-3);
  const texts = axis.ticks(axis.place(-100), axis.place(100), 1).map(({ text }) => text);
  expect(texts).toContain('0');
  expect(texts[0]).toBe('−10²');
  expect(texts.at(-1)).toBe('10²');
});
