import { Script } from 'node:vm';
import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { colourScale, headlineDefinition, shareOf } from '../../../src/app/report/definitions.ts';
import { figuresOf } from '../../../src/app/report/figures.ts';
import { renderReport } from '../../../src/app/report/html.ts';
import { PAGE_SCRIPT } from '../../../src/app/report/page-script.ts';
import { summarise } from '../../../src/app/report/summary.ts';
import { blockRows, blockTableText, jsZeroRows, jsZeroTableText } from '../../../src/app/report/tables.ts';
import type { DistanceRecord, RunRecord } from '../../../src/app/runs/records.ts';
import {
  gptRun,
  largeRun,
  mlpRun,
  singleProbeRun,
  unfinishedRun,
  zeroBlockRun,
} from './synthetic-records.ts';

const gpt = gptRun();
const mlp = mlpRun();

/** The run with its JS0 under every definition replaced. */
function withJsZero(
  run: RunRecord,
  mean: number,
  standardError: number | null,
  noiseFloor: number | null,
): RunRecord {
  const definitions = run.distances!.definitions.map((distance) => ({
    ...distance,
    js0: { mean, standardError },
    noiseFloor,
  }));
  return { ...run, distances: { ...run.distances!, definitions } };
}

/** The run with `text` in the place of every name and sentence. */
function withText(run: RunRecord, text: string): RunRecord {
  const rename = (name: string) => `${name}${text}`;
  const renamed = <T extends { readonly name: string }>(items: readonly T[]) =>
    items.map((item) => ({ ...item, name: rename(item.name) }));
  return {
    run: {
      ...run.run,
      name: text,
      status: 'failed',
      error: text,
      request: { probes: text, [text]: [text] },
      model: { ...run.run.model, name: text },
      data: { ...run.run.data, description: text },
      environment: { [text]: text },
      plan: { estimatedMs: 1, estimatedBytes: 1, text: [text] },
    },
    blocks: renamed(run.blocks).map((block) => ({ ...block, kind: text })),
    spectra: {
      ...run.spectra!,
      blocks: renamed(run.spectra!.blocks).map((spectrum, index) => ({
        ...spectrum,
        normaliser: { value: 1, rule: index === 0 ? text : 'usual' },
      })),
      density: { sigmaRule: text, gridPoints: 1 },
    },
    distances: {
      ...run.distances!,
      zeroBlocks: { names: [rename(run.blocks[0]!.name)], treatment: text },
      definitions: run.distances!.definitions.map((distance, index) => ({
        ...distance,
        definition: index === 0 ? text : distance.definition,
        description: text,
        blocks: distance.blocks.map(rename),
      })),
    },
  };
}

describe('the page', () => {
  const html = renderReport([gpt, mlp]);
  const { document } = parseHTML(html);

  it('needs nothing but itself', () => {
    for (const element of document.querySelectorAll('[src],[href]')) {
      expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(
        /^(#|data:image\/png;base64,)/,
      );
    }
    expect(document.querySelectorAll('link,iframe,object,embed')).toHaveLength(0);
    expect(html).not.toMatch(/@import|url\(|fetch\(|https?:/);
  });

  it('has a section for each run with its charts, and the headline definition first', () => {
    expect([...document.querySelectorAll('.run h2')].map((heading) => heading.textContent)).toEqual([
      'gpt-nano',
      'mlp-mnist',
    ]);
    // Whole spectrum, overlay, panels, six heat maps and extremes for each run.
    expect(document.querySelectorAll('figure svg')).toHaveLength(2 * 10);
    expect(document.querySelector('.headline h3')!.textContent).toContain('jsd-log');
  });

  it('follows light and dark by variables that it defines for both', () => {
    const used = new Set([...html.matchAll(/var\((--[\w-]+)\)/g)].map((match) => match[1]!));
    const dark = [...html.matchAll(/@media \(prefers-color-scheme:dark\)\{:root\{(.*?)\}\}/g)]
      .map((match) => match[1])
      .join(';');
    const light = html.replaceAll(/@media \(prefers-color-scheme:dark\)\{:root\{.*?\}\}/g, '');
    expect(used.size).toBeGreaterThan(15);
    for (const variable of used) {
      expect(light).toContain(`${variable}:`);
      expect(dark).toContain(`${variable}:`);
    }
  });

  it('is below 2.5 MB for two runs, one of 38 blocks, and for 150 blocks', () => {
    expect(html.length).toBeLessThan(2.5e6);
    expect(renderReport([largeRun()]).length).toBeLessThan(2.6e6);
  });

  it('carries the distances for the pointer, whole', () => {
    const runs = JSON.parse(document.querySelector('#distances')!.textContent!) as Record<
      string,
      { names: string[]; lower: number[] }
    >[];
    const { names, lower } = runs[0]!.jsd!;
    const matrix = gpt.distances!.definitions[0]!.matrix;
    expect(names).toHaveLength(38);
    expect(lower).toHaveLength((38 * 37) / 2);
    expect(lower[(5 * 4) / 2 + 3]).toBe(Number(matrix[5]![3]!.toPrecision(3)));
  });

  it('has a script that parses', () => {
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow();
  });

  it('refuses to be about nothing', () => {
    expect(() => renderReport([])).toThrow('at least one run');
  });
});

describe('hostile names', () => {
  const text = `</script><script>alert("x")</script><img src=x onerror='y'>&amp;\u0007`;
  const run = withText(zeroBlockRun(), text);

  it('stay text in the page', () => {
    const html = renderReport([run], { title: text });
    const { document } = parseHTML(html);
    expect(document.querySelectorAll('script')).toHaveLength(2);
    expect(document.querySelectorAll('img')).toHaveLength(0);
    expect(document.querySelector('h1')!.textContent).toBe(text.replace('\u0007', ''));
    for (const element of document.querySelectorAll('*')) {
      for (const attribute of element.attributes) expect(attribute.name).not.toMatch(/^on/);
    }
  });

  it('stay text in figures', () => {
    for (const { svg } of figuresOf(run)) {
      new Resvg(svg);
      expect(svg).not.toMatch(/<script|<img/);
    }
  });

  it('do not reach the terminal as control characters', () => {
    const { blocks } = run;
    const named = { ...run, blocks: blocks.map((block) => ({ ...block, name: `\u001b[2J${block.name}` })) };
    expect(blockTableText(named)).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

describe('what is missing', () => {
  it('is said for an interrupted run, and the rest is shown', () => {
    const { document } = parseHTML(renderReport([unfinishedRun()]));
    const notice = document.querySelector('.notice')!.textContent;
    expect(notice).toContain('interrupted');
    expect(notice).toContain('31 of 38 blocks have no spectrum yet');
    expect(notice).toContain('no JS0 and no heat map');
    expect(document.querySelectorAll('figure svg')).toHaveLength(3);
  });

  it('is said for a run that has nothing yet', () => {
    const nothing = { ...unfinishedRun(), spectra: null };
    const { document } = parseHTML(
      renderReport([{ ...nothing, run: { ...nothing.run, status: 'failed', error: 'out of memory' } }]),
    );
    expect(document.querySelector('.notice')!.textContent).toContain('The run failed: out of memory.');
    expect(document.querySelector('.notice')!.textContent).toContain('No spectrum is known yet.');
    expect(document.querySelectorAll('tbody tr')).toHaveLength(38);
  });

  it('is not mentioned for a finished run', () => {
    expect(parseHTML(renderReport([gpt])).document.querySelector('.notice')).toBeNull();
  });
});

describe('the summary', () => {
  it('compares runs by a scale-free definition and cautions', () => {
    const summary = summarise([withJsZero(gpt, 0.4, 0.01, 0.02), withJsZero(mlp, 0.1, 0.01, 0.02)]);
    expect(summary.headline).toBe('jsd-log');
    expect(summary.verdict).toContain(
      'The blocks of gpt-nano are 4.0 times as far apart as those of mlp-mnist.',
    );
    expect(summary.verdict).toContain('Adam is likelier to matter for gpt-nano than for mlp-mnist');
    expect(summary.caution).toContain('not the only one');
    expect(summary.comparisons[0]!.definition).toBe('jsd-log');
  });

  it('draws no conclusion from a difference within two joint standard errors', () => {
    // sqrt(0.03^2 + 0.04^2) = 0.05, twice that is more than 0.19 - 0.1.
    const summary = summarise([withJsZero(gpt, 0.19, 0.03, 0.01), withJsZero(mlp, 0.1, 0.04, 0.01)]);
    expect(summary.verdict).toContain('do not differ beyond the error');
  });

  it('draws no conclusion about optimizers from a small ratio', () => {
    expect(
      summarise([withJsZero(gpt, 0.13, 0.001, 0.01), withJsZero(mlp, 0.1, 0.001, 0.01)]).verdict,
    ).toContain('too little');
  });

  it('settles nothing where another definition orders the runs the other way round', () => {
    const first = withJsZero(gpt, 0.4, 0.01, 0.02);
    const definitions = first.distances!.definitions.map((distance) =>
      distance.definition === 'jsd-normalised'
        ? { ...distance, js0: { mean: 0.05, standardError: 0.001 } }
        : distance,
    );
    const summary = summarise([
      { ...first, distances: { ...first.distances!, definitions } },
      withJsZero(mlp, 0.1, 0.01, 0.02),
    ]);
    expect(summary.verdict).toContain('by jsd-normalised it is the other way round');
    expect(summary.verdict).toContain('do not settle');
  });

  it('says when spectra are exact and when too few blocks are left to compare', () => {
    const exact = mlp.spectra!.blocks.map((spectrum) => ({ ...spectrum, method: 'exact' as const }));
    expect(summarise([{ ...mlp, spectra: { ...mlp.spectra!, blocks: exact } }]).verdict).toContain(
      'none of it is noise',
    );
    const definitions = mlp.distances!.definitions.map((distance) => ({
      ...distance,
      matrix: distance.matrix.map((row) => row.map(() => null)),
      js0: { mean: 0, standardError: null },
    }));
    const empty = { ...mlp, distances: { ...mlp.distances!, definitions } };
    expect(summarise([empty]).verdict).toContain('fewer than two blocks');
    expect(summarise([gpt, empty]).verdict).toContain('not two runs');
    expect(() => renderReport([empty])).not.toThrow();
  });

  it('says when JS0 is not clear of its noise floor, or the floor unknown', () => {
    expect(summarise([withJsZero(gpt, 0.03, 0.01, 0.02)]).verdict).toContain('not clear of noise');
    expect(summarise([singleProbeRun()]).verdict).toContain('noise is unknown');
  });

  it('names settings that differ between runs, and runs without distances', () => {
    const other = { ...mlp, run: { ...mlp.run, request: { ...mlp.run.request, steps: 30 } } };
    const summary = summarise([
      gpt,
      other,
      { ...unfinishedRun(), run: { ...unfinishedRun().run, model: { ...gpt.run.model, name: 'third' } } },
    ]);
    expect(summary.details.join(' ')).toContain('different steps');
    expect(summary.details.join(' ')).toContain('Without distances so far: third.');
  });

  it('takes the headline from definitions that all runs share', () => {
    expect(
      headlineDefinition([
        ['jsd', 'jsd-log'],
        ['jsd-log', 'jsd-normalised'],
      ]),
    ).toBe('jsd-log');
    expect(headlineDefinition([['paper'], ['paper']])).toBe('paper');
    expect(headlineDefinition([['jsd'], ['paper']])).toBeNull();
  });

  it('ends colour scales at the bound unless all distances are far below it', () => {
    const distance = (value: number): DistanceRecord => ({
      ...gpt.distances!.definitions[0]!,
      matrix: [
        [0, value],
        [value, 0],
      ],
    });
    expect(colourScale([distance(0.3)])).toEqual({ end: Math.LN2, exponent: 1 });
    expect(colourScale([distance(0.05), distance(0.1)])).toEqual({ end: 0.1, exponent: 1 });
    expect(colourScale([distance(0)])).toEqual({ end: Math.LN2, exponent: 1 });
  });

  it('ends colour scales without a bound at the largest distance, by a root where one block is far from all others', () => {
    const matrix = Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: 10 }, (_, j) => (i === j ? 0 : i === 0 || j === 0 ? 100 : 1)),
    );
    // The mean is (18 x 100 + 72 x 1) / 100 = 18.7; with one far pair only, (2 x 100 + 88 x 1) / 100 = 2.9.
    expect(colourScale([{ ...gpt.distances!.definitions[0]!, definition: 'paper', matrix }])).toEqual({
      end: 100,
      exponent: 1,
    });
    const pair = matrix.map((row, i) => row.map((value, j) => (value === 100 && i + j > 1 ? 1 : value)));
    const scale = colourScale([{ ...gpt.distances!.definitions[0]!, definition: 'paper', matrix: pair }]);
    expect(scale).toEqual({ end: 100, exponent: 0.5 });
    expect([0, 1, 25, 100, 200].map((value) => shareOf(scale, value))).toEqual([0, 0.1, 0.5, 1, 1]);
  });
});

describe('tables', () => {
  it('have a row for each block with its mean distance to the others', () => {
    const run = zeroBlockRun();
    const rows = blockRows(run);
    expect(rows).toHaveLength(run.blocks.length);
    const matrix = run.distances!.definitions.find((distance) => distance.definition === 'jsd-log')!.matrix;
    const values = matrix[4]!.filter((value) => value !== null);
    const sum = values.reduce<number>((total, value) => total + value!, 0);
    // The two sums differ in the order of some thirty terms: a few units of 1e-16.
    expect(rows[4]!.meanDistance).toBeCloseTo(sum / (values.length - 1), 12);
    expect(rows.filter((row) => row.marks.includes('zero')).map((row) => row.shortName)).toEqual([
      '0 key bias',
      '1 key bias',
    ]);
  });

  it('mark what is missing and what was not asked for', () => {
    const run = unfinishedRun();
    const rows = blockRows({
      ...run,
      blocks: run.blocks.map((block, index) => ({ ...block, selected: index < 10 })),
    });
    expect(rows.map((row) => row.marks[0])).toEqual([
      ...new Array(7).fill(undefined),
      ...new Array(3).fill('missing'),
      ...new Array(28).fill('not asked for'),
    ]);
    expect(rows[8]!.largest).toBeNull();
  });

  it.each([
    ['blocks', blockTableText(gpt)],
    ['blocks with zeros', blockTableText(zeroBlockRun())],
    ['many blocks', blockTableText(largeRun())],
    ['JS0', jsZeroTableText(gpt)],
  ])('line up their columns for a terminal: %s', (_, table) => {
    const lines = table.split('\n');
    const rule = lines[1]!;
    for (const line of lines) {
      expect([...line].length).toBeLessThanOrEqual(110);
      for (const [at, character] of [...rule].entries())
        if (character === ' ') expect([...line][at] ?? ' ').toBe(' ');
    }
  });

  it('give JS0 with its error, whole-matrix value and noise floor', () => {
    const [row] = jsZeroRows(gpt);
    const distance = gpt.distances!.definitions[0]!;
    expect(row).toMatchObject({ definition: 'jsd', js0: distance.js0, noiseFloor: distance.noiseFloor });
    expect(row!.wholeMatrix).toBe(distance.js0WholeMatrix);
    expect(jsZeroRows(unfinishedRun())).toEqual([]);
  });

  it('sort by value in the page, with nothing where there is no number', () => {
    const { document } = parseHTML(renderReport([unfinishedRun()]));
    const cells = [...document.querySelectorAll('tbody tr')].map((row) =>
      row.querySelectorAll('td')[5]!.getAttribute('data-value'),
    );
    expect(Number(cells[0])).toBe(unfinishedRun().spectra!.blocks[0]!.largest.mean);
    expect(cells[7]).toBe('');
  });
});
