import { expect, it } from 'vitest';
import type { CalibrationPoint } from '../../../src/study/advice/calibration.ts';
import { CALIBRATION_POINTS } from '../../../src/study/advice/calibration-points.ts';
import { calibrationTable } from '../../../src/study/advice/calibration-table.ts';

const points = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map(
  (js0): CalibrationPoint => ({
    name: `net-${js0}`,
    family: `family-${js0}`,
    architecture: js0 > 0.3 ? 'attention' : 'convolution',
    data: 'made up',
    js0,
    js0Error: js0 === 0.1 ? null : 0.01,
    noiseFloor: null,
    initialLoss: 2,
    sgdLoss: js0 === 0.7 ? null : 1 + 2 * (js0 - 0.25),
    adamwLoss: 1,
    relativeGap: js0 === 0.7 ? Number.POSITIVE_INFINITY : 2 * (js0 - 0.25),
    trainingSteps: 300,
  }),
);

it('has a row for each network with what was said and what happened, and the counts below', () => {
  const lines = calibrationTable(points).split('\n');
  expect(lines.filter((line) => line.startsWith('| `net-'))).toHaveLength(points.length);
  expect(lines.find((line) => line.includes('`net-0.7`'))).toMatch(/diverged .*Adam is needed \|/);
  const hits = lines.filter((line) => line.endsWith('| hit |')).length;
  expect(hits).toBeGreaterThan(0);
  expect(lines.at(-1)).toContain(`Right: ${hits} of 7;`);
  // Gaps above 0.1 from js0 = 0.4 on: four of seven, the architectures of which say the same; 0.3 has exactly 0.1.
  expect(lines.at(-1)).toContain('"Always Adam" is right 4 times');
  expect(lines.at(-1)).toContain('the rest) 7 times');
});

it('the calibration that comes with hesscope is of one definition: gaps follow from its losses', () => {
  for (const { initialLoss, sgdLoss, adamwLoss, relativeGap } of CALIBRATION_POINTS)
    if (sgdLoss !== null)
      expect(relativeGap).toBeCloseTo((sgdLoss - adamwLoss) / (initialLoss - adamwLoss), 9);
  expect(CALIBRATION_POINTS.length).toBeGreaterThanOrEqual(7);
});
