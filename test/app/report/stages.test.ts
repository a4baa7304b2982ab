import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import type { DrawnStage } from '../../../src/app/report/charts/stages.ts';
import { stagesFigure, stagesText } from '../../../src/app/report/index.ts';
import { stageDistances, stageSpectrum } from '../../../src/study/spectrum/stages.ts';
import { overlaps, textBoxes } from './svg-boxes.ts';
import { gptRun, singleProbeRun, syntheticSpectrum } from './synthetic-records.ts';

const SHAPE = { top: 24, bulk: 0.02, decay: 1.2, dip: -0.5 };

/** Stages of a training of 1,000 steps. */
function stages(count: number, { hasFull = true, hasBlocks = true, run = gptRun() } = {}): DrawnStage[] {
  return Array.from({ length: count }, (_, index) => {
    const share = count === 1 ? 0 : index / (count - 1);
    const shape = { ...SHAPE, dip: SHAPE.dip * (1 - share) };
    const full = syntheticSpectrum('full', 1e6, shape, { probes: 3, steps: 60, seed: index });
    return {
      stage: {
        name: `step-${1000 * share}`,
        step: Math.round(1000 * share),
        share,
        loss: 10.83 - 7 * share,
        validationLoss: null,
        full: hasFull ? stageSpectrum(full, 'float32') : null,
        distances: hasBlocks
          ? stageDistances({
              zeroBlocks: { names: [], treatment: '' },
              definitions: run.distances!.definitions,
            })
          : [],
      },
      full: hasFull ? full : null,
    };
  });
}

const cases: Record<string, DrawnStage[]> = {
  one: stages(1),
  four: stages(4),
  eleven: stages(11),
  'without the whole Hessian': stages(3, { hasFull: false }),
  'without blocks': stages(3, { hasBlocks: false }),
  'with a single probe': stages(3, { run: singleProbeRun() }),
  'of an unfinished set': stages(3).map((stage, index) => (index === 1 ? { ...stage, full: null } : stage)),
};

describe.each(Object.entries(cases))('the figure of stages, %s', (_, drawn) => {
  const { name, svg } = stagesFigure('gpt-pico', drawn);

  it('is sound SVG without a text that covers another or leaves the picture', () => {
    expect(name).toBe('stages');
    const { width, height } = new Resvg(svg);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|var\(/);
    const boxes = textBoxes(svg);
    expect(overlaps(boxes)).toEqual([]);
    const outside = boxes.filter(
      (box) => box.left < 0 || box.top < 0 || box.right > width || box.bottom > height,
    );
    expect(outside).toEqual([]);
  });
});

describe('the table of stages', () => {
  const claim = {
    id: 'a',
    text: 'Water is wet.',
    threshold: 't',
    found: 'a drop',
    verdict: 'agrees',
  } as const;
  const textOf = (drawn: readonly DrawnStage[]) =>
    stagesText(
      drawn.map(({ stage }) => stage),
      [claim],
    );

  it('has a line for each stage and the claims with what was found', () => {
    const text = textOf(cases.four!);
    expect(text).toMatch(/stage +step +loss +largest +least +N +< -0\.1 N/);
    expect(text).toMatch(/33\.3 % +333 +8\.50 /);
    expect(text).toContain('agrees    Water is wet.\n          a drop');
  });

  it('leaves out what was not measured', () => {
    expect(textOf(cases['without the whole Hessian']!)).not.toMatch(/largest|outliers/);
    expect(textOf(cases['without blocks']!)).not.toMatch(/noise floor/);
  });
});
