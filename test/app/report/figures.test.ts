import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { representativeBlocks } from '../../../src/app/report/charts/overlay.ts';
import { placePanels } from '../../../src/app/report/charts/panels.ts';
import { figuresOf } from '../../../src/app/report/figures.ts';
import { renderPng } from '../../../src/app/report/png.ts';
import type { RunRecord } from '../../../src/app/runs/records.ts';
import { overlaps, textBoxes } from './svg-boxes.ts';
import {
  gptRun,
  largeRun,
  mlpRun,
  singleProbeRun,
  syntheticSpectrum,
  unfinishedRun,
  zeroBlockRun,
} from './synthetic-records.ts';

const runs: Record<string, RunRecord> = {
  gpt: gptRun(),
  mlp: mlpRun(),
  zero: zeroBlockRun(),
  single: singleProbeRun(),
  large: largeRun(),
};
const figures = Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, figuresOf(run)]));

function svgOf(run: string, figure: string): string {
  const found = figures[run]!.find((candidate) => candidate.name === figure);
  if (!found) throw new Error(`No figure ${figure} of ${run}.`);
  return found.svg;
}

function titlesOf(svg: string): string[] {
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  return [...document.querySelectorAll('text')].map((text) => text.childNodes[0]?.textContent ?? '');
}

describe.each(Object.keys(runs))('figures of the run %s', (run) => {
  it('has one file for each chart, with the heat maps named after their definitions', () => {
    const maps = runs[run]!.distances!.definitions.map((distance) => `heatmap-${distance.definition}`);
    const expected = ['spectrum-full', 'spectrum-blocks', 'spectrum-blocks-all', ...maps, 'block-extremes'];
    expect(figures[run]!.map((figure) => figure.name)).toEqual(expected);
  });

  it('is well-formed XML with a namespace, a size and fallbacks of fonts', () => {
    for (const { svg } of figures[run]!) {
      // resvg's parser is strict: it throws on what is no XML or no SVG.
      const { width, height } = new Resvg(svg);
      expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
      expect(svg).toContain(`width="${width}" height="${height}"`);
      expect(svg).toMatch(/font-family="[^"]*'DejaVu Sans', sans-serif"/);
      expect(svg.replace(/base64,[^"]*/g, '')).not.toMatch(/NaN|undefined|Infinity|var\(/);
    }
  });

  it('has no text that covers another or leaves the picture', () => {
    for (const { name, svg } of figures[run]!) {
      const boxes = textBoxes(svg);
      expect(boxes.length).toBeGreaterThan(5);
      expect({ name, overlaps: overlaps(boxes) }).toEqual({ name, overlaps: [] });
      const { width, height } = new Resvg(svg);
      const outside = boxes.filter(
        (box) => box.left < 0 || box.top < 0 || box.right > width || box.bottom > height,
      );
      expect({ name, outside }).toEqual({ name, outside: [] });
    }
  });
});

describe('the reader of boxes', () => {
  it('finds texts that cover one another, turned or not', () => {
    const drawn = (second: string) => `<svg font-size="10"><text x="10" y="50">one</text>${second}</svg>`;
    expect(
      overlaps(textBoxes(drawn('<g transform="translate(10,40)"><text x="5" y="5">two</text></g>'))),
    ).toHaveLength(1);
    expect(
      overlaps(textBoxes(drawn('<text x="15" y="60" transform="rotate(-90,15,60)">two</text>'))),
    ).toHaveLength(1);
    expect(overlaps(textBoxes(drawn('<text x="10" y="70">two</text>')))).toEqual([]);
  });
});

describe('the heat map', () => {
  it('names every block on both axes, with 38 and with 150 blocks', () => {
    for (const [run, name] of [
      ['gpt', '3 mlp.proj'],
      ['large', '11 attn.proj bias'],
    ] as const) {
      expect(titlesOf(svgOf(run, 'heatmap-jsd')).filter((text) => text === name)).toHaveLength(2);
    }
    const labels = textBoxes(svgOf('large', 'heatmap-jsd')).filter((box) => /^\d+ /.test(box.text));
    expect(labels).toHaveLength(2 * 148);
  });

  it('paints zero distance and the end of the scale in the ends of viridis, and grey where nothing is defined', () => {
    const run = mlpRun();
    const [first, ...others] = run.distances!.definitions;
    const matrix = [
      [0, Math.LN2, null],
      [Math.LN2, 0, 0],
      [null, 0, 0],
    ];
    const distance = { ...first!, blocks: first!.blocks.slice(0, 3), matrix };
    const changed = { ...run, distances: { ...run.distances!, definitions: [distance, ...others] } };
    const svg = figuresOf(changed).find((figure) => figure.name === 'heatmap-jsd')!.svg;
    const box =
      /<g transform="translate\(20,([\d.]+)\)"><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/.exec(svg)!;
    const [top, x, y, size] = box.slice(1).map(Number) as [number, number, number, number];
    const picture = new Resvg(svg).render();
    const pixel = (row: number, column: number) => {
      const left = Math.round(20 + x + (size * (column + 0.5)) / 3);
      const down = Math.round(top + y + (size * (row + 0.5)) / 3);
      return [
        ...picture.pixels.subarray(4 * (down * picture.width + left), 4 * (down * picture.width + left) + 3),
      ];
    };
    // The ends of matplotlib's viridis are #440154 and #fde725.
    expect(pixel(0, 0)).toEqual([0x44, 0x01, 0x54]);
    expect(pixel(0, 1)).toEqual([0xfd, 0xe7, 0x25]);
    expect(pixel(0, 2)).toEqual([0xc9, 0xce, 0xd6]);
    expect(titlesOf(svg)).toContain('not defined here');
  });

  it('says in a legend what hatching means exactly when a block is zero', () => {
    expect(titlesOf(svgOf('zero', 'heatmap-jsd'))).toContain('a block whose Hessian');
    expect(titlesOf(svgOf('zero', 'heatmap-jsd'))).not.toContain('not defined here');
    expect(titlesOf(svgOf('gpt', 'heatmap-jsd'))).not.toContain('a block whose Hessian');
  });

  it('is an image and not a rectangle for each pair', () => {
    // 22,500 rectangles of 40 characters and more would be 900 kB.
    expect(svgOf('large', 'heatmap-jsd').length).toBeLessThan(150_000);
  });
});

describe('spectra', () => {
  it('says so when one probe gives no error', () => {
    expect(svgOf('single', 'spectrum-full')).toContain('one probe tells nothing of its own error');
    expect(svgOf('gpt', 'spectrum-full')).toContain('one standard error over probes');
  });

  it('names the extreme eigenvalues', () => {
    const texts = titlesOf(svgOf('single', 'spectrum-full'));
    expect(texts.some((text) => text.startsWith('largest λ = '))).toBe(true);
    expect(texts.some((text) => text.startsWith('least λ = -'))).toBe(true);
  });

  it('draws every block and marks zero blocks', () => {
    const texts = titlesOf(svgOf('zero', 'spectrum-blocks-all'));
    expect(texts.filter((text) => text === 'zero')).toHaveLength(2);
    expect(texts).toContain('0 query');
  });

  it('draws spectra of one single eigenvalue', () => {
    const run = mlpRun();
    const probe = { alphas: [], betas: [], nodes: [0.5], weights: [1], residualBounds: [0] };
    const single = { ...run.spectra!.full!, dim: 1, method: 'exact' as const, probes: [probe] };
    const drawn = figuresOf({
      ...run,
      spectra: { ...run.spectra!, full: single, blocks: [single] },
      distances: null,
    });
    expect(drawn.map((figure) => figure.name)).toEqual([
      'spectrum-full',
      'spectrum-blocks',
      'spectrum-blocks-all',
      'block-extremes',
    ]);
    for (const { svg } of drawn) {
      expect(svg).not.toMatch(/NaN|Infinity/);
      new Resvg(svg);
    }
  });

  it('leaves out what is not there', () => {
    expect(figuresOf(unfinishedRun()).map((figure) => figure.name)).toEqual([
      'spectrum-blocks',
      'spectrum-blocks-all',
      'block-extremes',
    ]);
    expect(figuresOf({ ...unfinishedRun(), spectra: null })).toEqual([]);
  });
});

describe('representative blocks', () => {
  it('are one of each kind, from the middle of the network, in its order', () => {
    const { spectra, blocks } = gptRun();
    expect(representativeBlocks(spectra!.blocks, blocks).map((spectrum) => spectrum.name)).toEqual([
      'transformer.wte.weight',
      'transformer.h.2.attn.query.weight',
      'transformer.h.2.attn.key.weight',
      'transformer.h.2.attn.value.weight',
      'transformer.h.2.mlp.fc.weight',
      'transformer.h.2.mlp.proj.weight',
    ]);
  });

  it('are spread over the layers where all are of one kind, without biases', () => {
    const { spectra, blocks } = mlpRun();
    expect(representativeBlocks(spectra!.blocks, blocks).map((spectrum) => spectrum.name)).toEqual([
      'layers.0.weight',
      'layers.1.weight',
      'layers.2.weight',
      'layers.3.weight',
    ]);
  });

  it('are never zero blocks', () => {
    const { spectra, blocks } = zeroBlockRun();
    expect(representativeBlocks(spectra!.blocks, blocks).some((spectrum) => spectrum.isZero)).toBe(false);
  });
});

describe('panels', () => {
  it('start a row for each layer where layers have several blocks', () => {
    const layers = [null, null, ...Array.from({ length: 12 }, (_, index) => 1 + Math.floor(index / 6))];
    const { columns, cells } = placePanels(layers);
    expect(columns).toBe(6);
    expect(cells.map((cell) => cell.row)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
  });

  it('follow one another where a layer is one block', () => {
    const { columns, cells } = placePanels([1, 2, 3, 4, 5, 6, 7]);
    expect(columns).toBe(6);
    expect(cells.at(-1)).toEqual({ column: 0, row: 1 });
  });
});

describe('PNG', () => {
  it('has the size of the SVG times the scale', () => {
    const svg = svgOf('mlp', 'block-extremes');
    const { width, height } = new Resvg(svg);
    const header = Buffer.from(renderPng(svg, { scale: 2 }));
    // Width and height stand at bytes 16 and 20 of a PNG file.
    expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([2 * width, 2 * height]);
  });
});

describe('a spectrum of 4,000 exact eigenvalues', () => {
  it('keeps a small file', () => {
    const run = mlpRun();
    const wide = syntheticSpectrum(
      'w',
      4000,
      { top: 3, bulk: 0.01, decay: 1, dip: -0.2 },
      { probes: 1, steps: 4000, seed: 5 },
    );
    const svg = figuresOf({ ...run, spectra: { ...run.spectra!, full: wide } })[0]!.svg;
    expect(svg.length).toBeLessThan(400_000);
  });
});
