import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { convergenceRows, convergenceTableText } from '../../../src/app/report/convergence-table.ts';
import { renderReport } from '../../../src/app/report/html.ts';
import { summarise } from '../../../src/app/report/summary.ts';
import type { RunRecord, SpectrumRecord } from '../../../src/app/runs/records.ts';
import { gptRun, zeroBlockRun } from './synthetic-records.ts';

/** The run as if its blocks had settled, the first one last. */
function settled(run: RunRecord): RunRecord {
  const { blocks, full } = run.spectra!;
  const withErrors = (spectrum: SpectrumRecord, steps: number[], stepError: number): SpectrumRecord => ({
    ...spectrum,
    convergence: { tolerance: 0.01, steps, stepError, probeError: 0.0012 },
  });
  return {
    ...run,
    spectra: {
      ...run.spectra!,
      blocks: blocks.map((block, index) =>
        index === 0 ? withErrors(block, [50, 70], 0.0094) : withErrors(block, [40, 40], 0.003),
      ),
      full: withErrors(full!, [40, 50], 0.0049),
    },
  };
}

test('a run without a tolerance has no such table and no such sentence', () => {
  expect(convergenceTableText(gptRun())).toBeNull();
  expect(renderReport([gptRun()])).not.toContain('error of steps');
  expect(summarise([gptRun()]).details.join()).not.toContain('settled');
});

test('blocks come in order with their steps, products and errors, the whole Hessian last', () => {
  const lines = convergenceTableText(settled(gptRun()))!.split('\n');
  expect(lines).toHaveLength(2 + 38 + 1);
  expect(lines[2]).toMatch(/^wte +50 to 70 +120 +0\.0094 +0\.0012$/);
  expect(lines[3]).toMatch(/^wpe +40 +80 +0\.0030 +0\.0012$/);
  expect(lines.at(-1)).toMatch(/^whole Hessian +40 to 50 +90 +0\.0049 +0\.0012$/);
});

test('the page has the same table', () => {
  const { document } = parseHTML(renderReport([settled(gptRun())]));
  const table = [...document.querySelectorAll('table')].find((found) =>
    found.textContent!.includes('error of steps'),
  )!;
  expect(table.querySelectorAll('tbody tr')).toHaveLength(39);
  expect(table.querySelector('tbody tr')!.textContent).toContain('50 to 70');
});

test('zero blocks and exact ones are left out', () => {
  const run = settled(zeroBlockRun());
  const zero = run.spectra!.blocks.filter(({ isZero }) => isZero);
  expect(zero.length).toBeGreaterThan(0);
  const names = convergenceRows(run).map(({ name }) => name);
  expect(names).toHaveLength(run.spectra!.blocks.length - zero.length + 1);
  for (const { name } of zero) expect(names).not.toContain(name);
  const { convergence: _, ...exact } = run.spectra!.blocks[0]!;
  const rest = { ...run, spectra: { ...run.spectra!, blocks: [exact], full: null } };
  expect(convergenceRows(rest)).toEqual([]);
});

test('errors that are not known are shown as such', () => {
  const run = settled(gptRun());
  const full = {
    ...run.spectra!.full!,
    convergence: { tolerance: 0.01, steps: [1], stepError: null, probeError: null },
  };
  const single = { ...run, spectra: { ...run.spectra!, blocks: [], full } };
  expect(convergenceTableText(single)!.split('\n').at(-1)).toMatch(/^whole Hessian +1 +1 +– +–$/);
  expect(summarise([single]).details.join()).toContain('more probes by an unknown share');
});

test('the summary says how far steps and probes may still move a density, and what that leaves open', () => {
  const details = summarise([settled(gptRun())]).details.join(' ');
  expect(details).toContain('The probes of gpt-nano took 40 to 70 steps');
  expect(details).toContain('by more than 0.0094 of its range, more probes by 0.0012');
  expect(details).toContain('jsd-log looks at those too');
  const other = gptRun();
  const { tolerance: _, ...request } = other.run.request;
  const both = summarise([settled(gptRun()), { ...other, run: { ...other.run, request } }]);
  expect(both.details.join(' ')).toContain('different tolerance');
});
