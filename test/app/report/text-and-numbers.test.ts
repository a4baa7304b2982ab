import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortBlockNames } from '../../../src/app/report/block-names.ts';
import { decadesOf, powersOfTen, symlogTicks } from '../../../src/app/report/charts/axes.ts';
import { columnExtremes } from '../../../src/app/report/decimate.ts';
import {
  formatBytes,
  formatDuration,
  formatEstimate,
  formatNumber,
  formatPowerOfTen,
  formatShare,
} from '../../../src/app/report/format.ts';
import { shortenToWidth, spreadApart, textWidth, wrapText } from '../../../src/app/report/text-layout.ts';

describe('columnExtremes', () => {
  it('keeps the least and the greatest value of every pixel column', () => {
    const columns = 20;
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 100, maxLength: 600 }), (y) => {
        const x = y.map((_, index) => index);
        const kept = columnExtremes(x, y, columns);
        const columnOf = (index: number) =>
          Math.min(columns - 1, Math.floor((index * columns) / (y.length - 1)));
        for (let column = 0; column < columns; column++) {
          const all = y.filter((_, index) => columnOf(index) === column);
          const left = kept.filter((index) => columnOf(index) === column).map((index) => y[index]!);
          expect([Math.min(...left), Math.max(...left)]).toEqual([Math.min(...all), Math.max(...all)]);
          expect(left.length).toBeLessThanOrEqual(4);
        }
        expect([kept[0], kept.at(-1)]).toEqual([0, y.length - 1]);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a spike of one point among 50,000', () => {
    const x = Array.from({ length: 50_000 }, (_, index) => index);
    const y = x.map((index) => (index === 31_417 ? 1 : 0));
    const kept = columnExtremes(x, y, 800);
    expect(kept).toContain(31_417);
    expect(kept.length).toBeLessThanOrEqual(4 * 800);
  });
});

describe('textWidth', () => {
  const fonts = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  it.each(['0 attn.proj bias', 'largest λ = 26.9 ± 0.1', 'WWWiii', '10⁻¹²', 'frequency (log scale)'])(
    'agrees with the ink that a renderer draws for %s',
    (text) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="60"><text x="10" y="40" font-size="20" font-family="DejaVu Sans">${text}</text></svg>`;
      const ink = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [fonts] } }).getBBox()!;
      // Ink lacks the side bearings of the first and last letter, together at most 0.25 em of 20 pixels; the table
      // rounds to hundredths of an em and takes superscripts for 0.05 em wider than they are.
      const slack = 0.25 * 20 + [...text].length * 0.06 * 20;
      expect(textWidth(text, 20)).toBeGreaterThanOrEqual(ink.width - 0.01 * 20 * [...text].length);
      expect(textWidth(text, 20)).toBeLessThanOrEqual(ink.width + slack);
    },
  );
});

describe('placing text', () => {
  it('spreads positions to the gap, keeps their order and stays inside when there is room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (positions) => {
          const places = spreadApart(positions, 15, 0, 200);
          const sorted = places
            .map((place, index) => [positions[index]!, place] as const)
            .sort((a, b) => a[1] - b[1]);
          for (const [index, [wish, place]] of sorted.entries()) {
            // 1e-9: rounding of sums of a dozen numbers of the order of 100.
            expect(place).toBeGreaterThanOrEqual(-1e-9);
            expect(place).toBeLessThanOrEqual(200 + 1e-9);
            if (index === 0) continue;
            expect(place - sorted[index - 1]![1]).toBeGreaterThanOrEqual(15 - 1e-9);
            expect(wish).toBeGreaterThanOrEqual(sorted[index - 1]![0]);
          }
        },
      ),
    );
  });

  it('leaves positions alone that are far enough apart', () => {
    expect(spreadApart([80, 10, 40], 15, 0, 100)).toEqual([80, 10, 40]);
  });

  it('wraps at spaces without losing a word', () => {
    const text = 'a sentence that is rather longer than the line it is given';
    const lines = wrapText(text, 12, 120);
    expect(lines.join(' ')).toBe(text);
    for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(120);
  });

  it('shortens in the middle to fit', () => {
    const shorter = shortenToWidth('transformer.h.11.attention.projection.weight', 11, 120);
    expect(shorter).toMatch(/^transf.*….*weight$/);
    expect(textWidth(shorter, 11)).toBeLessThanOrEqual(120);
    expect(shortenToWidth('short', 11, 120)).toBe('short');
  });
});

describe('axes', () => {
  it('have powers of ten inside their ends, thinned from the top', () => {
    expect(powersOfTen(1e-4, 10, 7)).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1, 10]);
    expect(powersOfTen(2e-9, 30, 4)).toEqual([1e-8, 1e-5, 1e-2, 10]);
  });

  it('have symmetric ticks only where their labels fit', () => {
    const place = (scale: number) => (value: number) => scale * decadesOf(value);
    expect(symlogTicks(-4, 120, place(300), 11)).toEqual([-3, -1, 0, 1, 3, 10, 30, 100]);
    expect(symlogTicks(-4, 120, place(30), 9)).toEqual([0, 10, 100]);
  });
});

describe('numbers', () => {
  it('are plain in the middle of their range and exponential outside', () => {
    expect(
      [0, 1, -2.5, 0.0123, 123.456, 12345, 123456, 1.234e-5].map((value) => formatNumber(value)),
    ).toEqual(['0', '1.00', '-2.50', '0.0123', '123', '12345', '1.23e5', '1.23e-5']);
    expect([null, Number.NaN, Number.POSITIVE_INFINITY].map((value) => formatNumber(value))).toEqual([
      '–',
      '–',
      '∞',
    ]);
  });

  it('carry their standard error to the same decimals where those show it', () => {
    expect(formatEstimate({ mean: 0.41234, standardError: 0.0081 })).toBe('0.412 ± 0.008');
    expect(formatEstimate({ mean: 26.9, standardError: 0.0001 })).toBe('26.9 ± 1.0e-4');
    expect(formatEstimate({ mean: 3.98e-4, standardError: 8.4e-6 })).toBe('3.98e-4 ± 8.4e-6');
    expect(formatEstimate({ mean: 1.5, standardError: null })).toBe('1.50');
  });

  it('label powers of ten and nothing else on a log axis', () => {
    expect([1e-12, 0.1, 1, 10, -100, 2].map(formatPowerOfTen)).toEqual([
      '10⁻¹²',
      '10⁻¹',
      '1',
      '10',
      '−10²',
      '',
    ]);
  });

  it('become times, sizes and shares in words', () => {
    expect([512, 8300, 751_000, 7_265_000].map(formatDuration)).toEqual([
      '512 ms',
      '8.3 s',
      '12 min 31 s',
      '2 h 1 min',
    ]);
    expect([512, 2 ** 21, 3 * 2 ** 30].map(formatBytes)).toEqual(['512 B', '2.00 MiB', '3.00 GiB']);
    expect([0, 1e-5, 0.4567, 1].map(formatShare)).toEqual(['0.0%', '<0.1%', '45.7%', '100.0%']);
  });
});

describe('short names of blocks', () => {
  it('put the layer first and leave out what every block has', () => {
    const names = [
      'transformer.wte.weight',
      'transformer.h.0.attn.query.weight',
      'h.11.attn.proj.weight',
      'model.layers.3.self_attn.q_proj.bias',
      'blocks.2.mlp.fc1.weight',
      'bert.embeddings.word_embeddings.weight',
      'bert.encoder.layer.1.attention.self.key.bias',
      'bert.encoder.layer.1.attention.output.dense.weight',
      'layers.0.weight',
      'layers.0.bias',
      'head',
    ];
    expect([...shortBlockNames(names).values()]).toEqual([
      'wte',
      '0 query',
      '11 attn.proj',
      '3 q_proj bias',
      '2 mlp.fc1',
      'word_embeddings',
      '1 key bias',
      '1 attention.output.dense',
      'layers.0',
      'layers.0 bias',
      'head',
    ]);
  });

  it('are never the same for two blocks', () => {
    const names = ['encoder.layers.0.fc.weight', 'decoder.layers.0.fc.weight', 'layers.1.fc.weight'];
    const short = [...shortBlockNames(names).values()];
    expect(short).toEqual(['encoder.layers.0.fc.weight', 'decoder.layers.0.fc.weight', '1 fc']);
  });
});
