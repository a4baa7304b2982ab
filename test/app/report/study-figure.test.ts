import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { claimsText, QUICK_MARK, studyFigureSvg } from '../../../src/app/report/study-figure.ts';
import type { Claim } from '../../../src/study/claims.ts';
import type { Findings, Picture } from '../../../src/study/figures/definition.ts';
import { overlaps, textBoxes } from './svg-boxes.ts';

const CLAIM: Claim = { id: 'x', text: 'A holds.', threshold: 'above 1', found: '2', verdict: 'agrees' };

const curve = (training: string, label: string) => ({
  label,
  training: Array.from({ length: 60 }, (_, step) => ({ step: step + 1, loss: 3000 / (step + 1) ** 2 })),
  // The last one is as low as float32 lets a loss be.
  validation: [
    { step: 0, loss: 2500 },
    { step: 60, loss: training === 'a' ? 0 : 1 },
  ],
});

const spread = (label: string, fall: number) => ({
  label,
  points: Array.from({ length: 15 }, (_, index) => ({
    x: index + 1,
    mean: 97 - fall * index,
    least: 96 - fall * index,
    largest: 98 - fall * index,
  })),
});

const dot = (label: string, group: string, x: number, y: number) => ({ label, group, x, y });

const PICTURES: Record<string, Picture> = {
  spread: {
    kind: 'spread',
    xLabel: 'constant c',
    yLabel: 'accuracy (%)',
    series: [spread('SGD', 5), spread('Adam', 0)],
  },
  curves: {
    kind: 'curves',
    panels: ['one', 'two', 'three'].map((title) => ({
      title,
      curves: ['a', 'b'].map((training) => ({ training, label: `${training}, learning rate 0.1` })),
    })),
  },
  scatter: {
    kind: 'scatter',
    xLabel: 'JS0',
    yLabel: 'gap',
    points: [
      dot('resnet18-pico', 'CNN', 0.2, 0.01),
      dot('vgg16-pico', 'CNN', 0.21, 0.012),
      dot('gpt-pico', 'transformer', 0.41, 0.3),
      dot('mamba-pico', 'other', 0.415, 0.305),
      dot('vit-pico', 'transformer', 0.5, 0.25),
    ],
  },
  'scatter with a range and a bound': {
    kind: 'scatter',
    xLabel: 'JS0',
    yLabel: 'gap',
    points: [
      dot('mlp', 'other', 0.2, 0.01),
      { ...dot('vit-pico, expected', 'forecast', 0.5, 0.25), yRange: [-0.1, 0.6] },
    ],
    bound: { y: 0.1, label: 'Adam is needed above' },
  },
};

const svgOf = (picture: Picture, isQuick = false) => {
  const findings: Findings = { claims: [CLAIM], numbers: {}, caption: 'What is drawn.', picture };
  return studyFigureSvg('Figure 5 (a)', isQuick, findings, curve);
};

describe.each(Object.entries(PICTURES))('a figure of the kind %s', (_, picture) => {
  it('is sound SVG in which no text covers another or leaves the picture', () => {
    const svg = svgOf(picture);
    const { width, height } = new Resvg(svg);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|var\(/);
    const boxes = textBoxes(svg);
    expect(overlaps(boxes)).toEqual([]);
    const outside = boxes.filter(
      (box) => box.left < 0 || box.top < 0 || box.right > width || box.bottom > height,
    );
    expect(outside).toEqual([]);
  });

  it('says when it is a small version', () => {
    expect(svgOf(picture)).not.toContain('QUICK');
    expect(svgOf(picture, true)).toContain('QUICK VERSION');
  });
});

it('verdicts come with what was found and by which rule', () => {
  expect(claimsText([CLAIM])).toBe('AGREES: A holds.\n  found: 2\n  rule:  above 1');
  expect(QUICK_MARK).toContain('no evidence');
});
