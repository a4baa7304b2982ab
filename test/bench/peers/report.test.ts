import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { peersChart } from '../../../bench/peers/chart.ts';
import type { CaseRecord, ContestRecord, PeerRecord, PeersResults } from '../../../bench/peers/results.ts';
import { shareOfLimit } from '../../../bench/peers/results.ts';
import { peersSection } from '../../../bench/peers/section.ts';
import { bestRestricted, targetsOf } from '../../../bench/peers/targets.ts';
import { FILE_PALETTE } from '../../../src/app/report/theme.ts';

const spread = (medianMs: number) => ({ medianMs, leastMs: medianMs, largestMs: medianMs, samples: 1 });

const peer = (method: string, theirMs: number, ourMs: number, difference = 1e-7): PeerRecord => ({
  method,
  title: `title of ${method}`,
  remark: null,
  setupMs: 1,
  time: spread(theirMs),
  partsMs: { 'first.weight': theirMs },
  coveredBlocks: null,
  ratio: ourMs / theirMs,
  failure: null,
  difference,
  worst: difference,
  worstName: 'first.weight',
});

const contest = (name: string, ourMs: number, peers: PeerRecord[]): ContestRecord => ({
  name,
  title: `contest ${name}`,
  ours: {
    title: 'ours',
    setupMs: 1,
    time: spread(ourMs),
    partsMs: { 'first.weight': ourMs },
    productFlops: 7e9,
  },
  peers,
});

const broken: PeerRecord = {
  ...peer('hvp-pyhessian', 1, 1),
  setupMs: null,
  time: null,
  ratio: null,
  failure: 'No module named pyhessian',
};

const nano: CaseRecord = {
  name: 'gpt-nano',
  title: 'gpt-nano, 8 x 256 tokens',
  model: 'gpt-nano',
  data: 'Moby-Dick',
  parameterCount: 1000,
  blocks: ['first.weight'],
  loss: 4.2,
  rates: [{ shape: [2, 3, 4], onnxRuntimeGflops: 100, pytorchGflops: 200 }],
  contests: [
    contest('hvp', 50, [peer('hvp-scratch', 100, 50), peer('hvp-kept', 80, 50), broken]),
    contest('step', 70, [
      peer('step-paper', 1000, 70),
      peer('step-kept', 140, 70),
      // Faster than anything, and wrong.
      peer('step-jvp', 10, 70, 0.02),
    ]),
  ],
  quadratures: [],
  peakBytes: { ours: 2 ** 20, theirs: 2 ** 21 },
  elapsedMs: 1000,
};

const results: PeersResults = {
  environment: {
    date: '2026-01-01',
    processor: 'a processor',
    cores: 2,
    node: 'v20',
    onnxRuntime: '1.30.0',
    hesscope: '0.1.0',
  },
  commit: 'abc',
  memoryBytes: 2 ** 34,
  python: '3.11',
  packages: [
    { name: 'torch', version: '2.13.0', failure: null },
    { name: 'pyhessian', version: null, failure: 'no such release' },
  ],
  threads: 2,
  precision: 'float32',
  cases: [nano],
  failures: [],
  targets: targetsOf([nano]),
  elapsedMs: 1000,
};

describe('targets', () => {
  it('are judged by medians, and a share by the better of both libraries', () => {
    // 7e9 operations in 70 ms are 100 billion a second, half of PyTorch's best 200.
    expect(shareOfLimit(nano, nano.contests[1] as ContestRecord, 70)).toBeCloseTo(0.5, 12);
    expect(targetsOf([nano]).map(({ value, met }) => [value, met])).toEqual([
      [0.5, true],
      [0.625, false],
      [0.07, true],
      [0.5, false],
      [0.5, false],
      // Training steps, which this run did not measure.
      ...[1, 2, 3, 4].map(() => [null, null]),
    ]);
  });

  it('do not count a way whose values are wrong, however fast', () => {
    expect(bestRestricted(nano.contests[1])?.method).toBe('step-kept');
  });

  it('are open where the case was not run', () => {
    for (const { value, met } of targetsOf([])) expect([value, met]).toEqual([null, null]);
  });
});

describe('the section', () => {
  const lines = peersSection(results).split('\n');
  const lineWith = (part: string) => lines.find((line) => line.includes(part));

  it('says of a way that failed why, and of one that is wrong where', () => {
    expect(lineWith('title of hvp-pyhessian')).toContain('failed: No module named pyhessian');
    expect(lineWith('first.weight differs')).toContain('title of step-jvp: first.weight differs by 2.0e-2');
  });

  it('names what is missing and whether targets are met', () => {
    expect(lineWith('pyhessian is missing')).toContain('no such release');
    expect(lineWith('the paper’s procedure |')).toMatch(/at most 0\.15 \| 0\.0700 \| yes/);
    expect(lineWith('best restricted')).toMatch(/at most 0\.35 \| 0\.500 \| no/);
  });

  it('has as many cells in each row of a table as in its head', () => {
    for (const [index, line] of lines.entries())
      if (line.startsWith('|') && lines[index - 1]?.startsWith('|'))
        expect(line.split('|').length, line).toBe(lines[index - 1]?.split('|').length);
  });
});

describe('the chart', () => {
  it('draws one dot for each way that was timed, hollow where its values are wrong', () => {
    const svg = peersChart(results);
    const { document } = parseHTML(svg);
    const dots = [...document.querySelectorAll('circle[r="4"]')];
    expect(dots.length).toBe(5);
    // Plot gives the fill that dots share to their group.
    const hollow = dots.filter((dot) => dot.parentElement?.getAttribute('fill') === FILE_PALETTE.background);
    expect(hollow.map((dot) => dot.textContent)).toEqual([expect.stringContaining('step-jvp')]);
  });
});
