/**
 * Writes the calibration of `hesscope advise` and the table that checks it: `npm run calibrate -- <folder>`, where the
 * folder is that of `hesscope figure 7`. The MLPs scaled by a constant c are left out: their loss before the first step is
 * many times that of a guess (12 nats with c = 4, 189 with c = 8, where ln 10 = 2.3), which no network that is meant to train has.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeAside } from '../src/app/runs/write.ts';
import type { CalibrationPoint } from '../src/study/advice/calibration.ts';
import { calibrationTable } from '../src/study/advice/calibration-table.ts';
import type { GapAndHeterogeneity } from '../src/study/figures/figure-7.ts';

const DEFINITION = 'jsd-log';
const POINTS = fileURLToPath(new URL('../src/study/advice/calibration-points.ts', import.meta.url));
const PAGE = fileURLToPath(new URL('../docs/advice.md', import.meta.url));
/** The part of the page that is written here. */
const [BEGIN, END] = ['<!-- calibration -->', '<!-- end of calibration -->'];

const SCALED = /-c-\d+$/;

const folder = process.argv[2] ?? 'runs/figures';
const figure = JSON.parse(await readFile(join(folder, 'figure-7', 'figure.json'), 'utf8')) as {
  quick: string | null;
  numbers: { points: readonly GapAndHeterogeneity[] };
};
if (figure.quick !== null)
  throw new Error(
    `expected Figure 7 itself in ${folder}, found a small version of it; make it without --quick`,
  );
const points = figure.numbers.points
  .filter(({ model }) => !SCALED.test(model))
  .map(
    ({ model, js0, kind: _, ...point }): CalibrationPoint => ({
      name: model,
      family: model.replace(/-.*/, ''),
      js0: js0[DEFINITION] as number,
      ...point,
    }),
  );
await writeAside(
  POINTS,
  `/** Written by \`npm run calibrate\`; not to be edited. */
import type { CalibrationPoint } from './calibration.ts';

export const CALIBRATION_POINTS: readonly CalibrationPoint[] = ${JSON.stringify(points, null, 2)};
`,
);
const page = await readFile(PAGE, 'utf8');
const [start, stop] = [page.indexOf(BEGIN), page.indexOf(END)];
if (start < 0 || stop < 0)
  throw new Error(`expected the lines ${BEGIN} and ${END} in docs/advice.md, found none`);
await writeAside(
  PAGE,
  `${page.slice(0, start + BEGIN.length)}\n\n${calibrationTable(points)}\n\n${page.slice(stop)}`,
);
