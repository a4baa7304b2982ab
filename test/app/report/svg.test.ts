import * as Plot from '@observablehq/plot';
import { expect, it } from 'vitest';
import { plotFragment } from '../../../src/app/report/svg.ts';
import { FILE_PALETTE } from '../../../src/app/report/theme.ts';

it('rounds coordinates to hundredths of a pixel, and no number that is read', () => {
  const points = [
    { x: 0, y: 0.0023 },
    { x: 1, y: 0.0117 },
    { x: 3, y: 0.0041 },
  ];
  const drawn = plotFragment(
    {
      width: 300,
      height: 200,
      y: { tickFormat: (value: number) => value.toFixed(4) },
      marks: [Plot.line(points, { x: 'x', y: 'y' })],
    },
    FILE_PALETTE,
  );
  expect(drawn).toContain('>0.0040<');
  const inTags = [...drawn.matchAll(/<[^>]*>/g)].join('');
  expect(inTags).toMatch(/\d\.\d\d\b/);
  expect(inTags).not.toMatch(/\d\.\d{3}/);
});
