import { describe, expect, test } from 'vitest';
import {
  type SharedWork,
  type SimulatedSharing,
  type SimulationSettings,
  simulateSharing,
  workerCounts,
} from '../../../../src/study/spectrum/units/simulate.ts';

const NO_CHANCE: SimulationSettings = {
  spread: 0,
  stragglerShare: 0,
  stragglerFactor: 1,
  failuresPerHour: 0,
  isReplaced: true,
  stallMs: 0,
  attempts: Number.POSITIVE_INFINITY,
  draws: 1,
  seed: 0,
};
const HOUR = 3_600_000;

const equal = (count: number, ms: number) => Array.from({ length: count }, () => ms);
const increasing = (count: number) => Array.from({ length: count }, (_, index) => 1000 * (index + 1));

function simulated(
  work: Partial<SharedWork>,
  workers: number,
  settings: Partial<SimulationSettings> = {},
): SimulatedSharing {
  const whole = { unitMs: [], startMs: 0, aloneMs: 0, ...work };
  return simulateSharing(whole, [workers], { ...NO_CHANCE, ...settings })[0] as SimulatedSharing;
}

const wallMs = (...args: Parameters<typeof simulated>) => simulated(...args).wallMs.median;

/** Times of many simulations, one seed each. */
function walls(work: Partial<SharedWork>, workers: number, settings: Partial<SimulationSettings>): number[] {
  return Array.from({ length: 3000 }, (_, seed) => wallMs(work, workers, { ...settings, seed }));
}

/** Expects a sample's mean to be `expected` within four of its own standard errors, which chance exceeds once in 16,000. */
function expectMean(sample: readonly number[], expected: number): void {
  const mean = sample.reduce((sum, x) => sum + x, 0) / sample.length;
  const variance = sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (sample.length - 1);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / sample.length));
}

describe('without chance', () => {
  test.each([
    [12, 4],
    [13, 4],
    [5, 5],
    [100, 7],
    [1000, 999],
  ])('%i equal units take %i workers as many rounds as it needs, and a start', (units, workers) => {
    const found = wallMs({ unitMs: equal(units, 700), startMs: 90, aloneMs: 11 }, workers);
    expect(found).toBeCloseTo(11 + 90 + 700 * Math.ceil(units / workers), 6);
  });

  test('one worker does them one after the other', () => {
    expect(wallMs({ unitMs: increasing(20), startMs: 500 }, 1)).toBe(500 + 210_000);
  });

  test('with more workers than units, the longest unit is all that counts', () => {
    const found = simulated({ unitMs: [300, 100, 8000, 50], startMs: 500 }, 64);
    expect(found.wallMs.median).toBe(8500);
    expect(found.boundMs).toBe(8500);
  });

  test('units are begun in their order, by whoever is free first', () => {
    // 0 to 2 and 0 to 3, then 2 to 12 and 3 to 7.
    expect(wallMs({ unitMs: [2000, 3000, 10_000, 4000] }, 2)).toBe(12_000);
  });

  test('worker-hours and the share of busy time are those of all workers until the end', () => {
    const found = simulated({ unitMs: equal(3, HOUR), startMs: HOUR / 2 }, 2);
    expect(found.workerHours).toBeCloseTo(2 * 2.5, 12);
    expect(found.utilisation).toBeCloseTo(3 / 5, 12);
    expect(found).toMatchObject({ workers: 2, begunAgain: 0, finishedShare: 1 });
  });

  test('the bound is an equal share of the work where that is more than the longest unit', () => {
    expect(simulated({ unitMs: increasing(9), startMs: 7, aloneMs: 2 }, 3).boundMs).toBe(9 + 15_000);
  });
});

describe('with chance', () => {
  const CHANCE = {
    spread: 0.5,
    stragglerShare: 0.2,
    stragglerFactor: 3,
    failuresPerHour: 5,
    stallMs: 30_000,
  };

  test('the same seed gives the same times, another seed others', () => {
    const work = { unitMs: increasing(60), startMs: 2000, aloneMs: 0 };
    const settings = { ...NO_CHANCE, ...CHANCE, draws: 20 };
    const counts = workerCounts(16);
    const first = simulateSharing(work, counts, settings);
    expect(simulateSharing(work, counts, settings)).toEqual(first);
    expect(simulateSharing(work, counts, { ...settings, seed: 1 })).not.toEqual(first);
  });

  test('more workers never take longer while all are equally fast, since units do not wait for each other', () => {
    const work = { unitMs: increasing(100), startMs: 3000, aloneMs: 0 };
    const rows = simulateSharing(work, workerCounts(200), { ...NO_CHANCE, spread: 0.7, draws: 50 });
    for (const of of ['tenth', 'median', 'ninetieth'] as const)
      for (const [index, row] of rows.entries())
        if (index > 0) expect(row.wallMs[of]).toBeLessThanOrEqual(rows[index - 1]?.wallMs[of] ?? 0);
    expect(rows.at(-1)?.wallMs.median).toBeLessThan((rows[0]?.wallMs.median ?? 0) / 10);
  });

  test('the spread leaves the mean of units as it is', () => {
    expectMean(walls({ unitMs: [1000] }, 1, { spread: 0.5 }), 1000);
  });

  test('slow workers take as many times as long for all that they do', () => {
    const work = { unitMs: increasing(10), startMs: 800, aloneMs: 100 };
    const slow = wallMs(work, 3, { stragglerShare: 1, stragglerFactor: 4 });
    expect(slow - 100).toBeCloseTo(4 * (wallMs(work, 3) - 100), 6);
  });

  test('slow workers and a wide spread lengthen the time', () => {
    const work = { unitMs: increasing(50), startMs: 1000 };
    const median = (settings: Partial<SimulationSettings>) => wallMs(work, 8, { draws: 200, ...settings });
    expect(median({ stragglerShare: 0.3, stragglerFactor: 3 })).toBeGreaterThan(median({}));
    expect(median({ spread: 0.6 })).toBeGreaterThan(median({}));
  });
});

describe('workers that die', () => {
  const RATE = 2;

  test('a worker that is replaced needs a life as long as start and unit: (exp(rate time) - 1) / rate', () => {
    const [startMs, unit] = [0.2 * HOUR, 0.3 * HOUR];
    const found = walls({ unitMs: [unit], startMs }, 1, { failuresPerHour: RATE });
    expectMean(found, (HOUR * (Math.exp(RATE * 0.5) - 1)) / RATE);
  });

  test('each death in a unit costs, besides, the time until it is noticed', () => {
    const stallMs = 0.1 * HOUR;
    const found = walls({ unitMs: [0.5 * HOUR] }, 1, { failuresPerHour: RATE, stallMs });
    const deaths = Math.exp(RATE * 0.5) - 1;
    expectMean(found, (HOUR * deaths) / RATE + stallMs * deaths);
  });

  test('a measurement whose only worker dies and is not replaced is not finished', () => {
    const found = simulated({ unitMs: [0.5 * HOUR] }, 1, {
      failuresPerHour: RATE,
      isReplaced: false,
      draws: 3000,
    });
    const share = Math.exp(-RATE * 0.5);
    const error = Math.sqrt((share * (1 - share)) / 3000);
    expect(Math.abs(found.finishedShare - share)).toBeLessThan(4 * error);
    expect(found.wallMs.ninetieth).toBe(Number.POSITIVE_INFINITY);
  });

  test('a unit is set aside when it has been begun as often as it may', () => {
    // Each try succeeds with probability exp(-1), so three of them fail with (1 - exp(-1))^3.
    const found = simulated({ unitMs: [0.5 * HOUR] }, 1, { failuresPerHour: RATE, attempts: 3, draws: 3000 });
    const share = 1 - (1 - Math.exp(-1)) ** 3;
    expect(Math.abs(found.finishedShare - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 3000));
  });

  test('deaths lengthen the time, more so the more there are and where nobody is replaced', () => {
    const work = { unitMs: equal(80, 0.05 * HOUR), startMs: 10_000 };
    const median = (failuresPerHour: number, isReplaced = true) =>
      wallMs(work, 10, { failuresPerHour, isReplaced, stallMs: 30_000, draws: 200 });
    const [none, some, many] = [median(0), median(0.5), median(3)];
    expect(some).toBeGreaterThan(none);
    expect(many).toBeGreaterThan(some);
    expect(median(0.5, false)).toBeGreaterThan(some);
  });

  test('units that were lost are counted', () => {
    const found = simulated({ unitMs: equal(200, 0.1 * HOUR) }, 10, { failuresPerHour: 1, draws: 50 });
    // 20 hours of work with a death each, and those begun again besides.
    expect(found.begunAgain).toBeGreaterThan(10);
    expect(found.begunAgain).toBeLessThan(40);
  });

  test('work that dies faster than it can be done is given up', () => {
    const found = simulated({ unitMs: [HOUR], startMs: HOUR }, 2, { failuresPerHour: 1000 });
    expect(found.finishedShare).toBe(0);
  });
});

test('numbers of workers double up to the one that was given', () => {
  expect(workerCounts(1)).toEqual([1]);
  expect(workerCounts(8)).toEqual([1, 2, 4, 8]);
  expect(workerCounts(1000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000]);
});
