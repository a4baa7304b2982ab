import { describe, expect, it } from 'vitest';
import { type GridResult, parseComparisonRequest } from '../../src/study/training/comparison.ts';
import { budgetsOf, type Leg, rateBeyond, rungsOf, searchRates } from '../../src/study/training/search.ts';

/** A trainer that knows the loss of each rate at once: the distance from the best one, which falls with the steps. */
function trainer(best: Readonly<Record<string, number>>, divergesFrom = Number.POSITIVE_INFINITY) {
  const rounds: Leg[][] = [];
  const train = async (legs: readonly Leg[]): Promise<GridResult[]> => {
    rounds.push([...legs]);
    return legs.map(({ point: { name, optimizer, learningRate }, until }) => {
      const hasDiverged = learningRate >= divergesFrom;
      const distance = Math.abs(Math.log10(learningRate / best[optimizer]!));
      return {
        name,
        optimizer,
        learningRate,
        hasDiverged,
        steps: hasDiverged ? 1 : until,
        finalLoss: hasDiverged ? null : 1 + distance + 1 / until,
        finalAccuracy: null,
      };
    });
  };
  return { rounds, train };
}

const request = (given: Record<string, unknown> = {}) =>
  parseComparisonRequest({ model: 'mlp', steps: 90, ...given });

describe('a grid of learning rates', () => {
  it('trains every point to the end, once, where the best rates are inside', async () => {
    const { rounds, train } = trainer({ sgd: 0.1, adamw: 0.001 });
    const results = await searchRates(request(), train);
    expect(rounds.length).toBe(1);
    expect(results?.length).toBe(12);
    expect(budgetsOf(results!)).toEqual([
      { optimizer: 'sgd', trainings: 6, steps: 540 },
      { optimizer: 'adamw', trainings: 6, steps: 540 },
    ]);
  });

  it('grows by two rates at most beyond the edge, by the same rule for every optimizer', async () => {
    const { rounds, train } = trainer({ sgd: 100, adamw: 0.00005 });
    const results = await searchRates(request(), train);
    const added = rounds.slice(1).map((legs) => legs.map(({ point, until }) => [point.name, until]));
    expect(added).toEqual([
      [
        ['sgd-3', 90],
        ['adamw-0.00003', 90],
      ],
      [
        ['sgd-10', 90],
        ['adamw-0.00001', 90],
      ],
    ]);
    expect(budgetsOf(results!).map(({ trainings }) => trainings)).toEqual([8, 8]);
    expect(results!.map(({ learningRate }) => learningRate).slice(-2)).toEqual(
      [1, 3].map((rate) => rate / 100),
    );
  });

  it('stays as it is when asked to, when there is one rate, and when larger rates diverge', async () => {
    const far = trainer({ sgd: 100, adamw: 100 });
    expect((await searchRates(request({ extend: false }), far.train))?.length).toBe(12);
    expect((await searchRates(request({ rates: [0.1] }), far.train))?.length).toBe(2);
    const wild = trainer({ sgd: 100, adamw: 0.001 }, 0.5);
    expect((await searchRates(request(), wild.train))?.length).toBe(12);
  });

  it('ends when it is interrupted', async () => {
    expect(await searchRates(request(), async () => null)).toBeNull();
  });
});

describe('successive halving', () => {
  const halving = request({ search: 'halving', extend: false });

  it('lets the better half of each optimizer go on after each third of the steps', async () => {
    const { rounds, train } = trainer({ sgd: 0.11, adamw: 0.0011 });
    const results = await searchRates(halving, train);
    expect(rounds.map((legs) => [legs.length, legs[0]!.until])).toEqual([
      [12, 30],
      [6, 60],
      [4, 90],
    ]);
    expect(rounds[2]!.map(({ point }) => point.name).sort()).toEqual([
      'adamw-0.001',
      'adamw-0.003',
      'sgd-0.1',
      'sgd-0.3',
    ]);
    const stepsOf = (optimizer: string) =>
      results!.filter((result) => result.optimizer === optimizer).map(({ steps }) => steps);
    expect(stepsOf('sgd')).toEqual([30, 30, 60, 90, 90, 30]);
    expect(stepsOf('adamw')).toEqual([30, 60, 90, 90, 30, 30]);
    const [sgd, adamw] = budgetsOf(results!);
    expect(sgd!.steps).toBe(adamw!.steps);
    // 12 x 30 + 6 x 30 + 4 x 30.
    expect(sgd!.steps + adamw!.steps).toBe(660);
  });

  it('lets none go on that has diverged', async () => {
    const { rounds, train } = trainer({ sgd: 0.1, adamw: 0.001 }, 0.05);
    await searchRates(halving, train);
    for (const { point } of rounds[1]!) expect(point.learningRate).toBeLessThan(0.05);
  });

  it('compares after thirds, rounded up, and no step twice', () => {
    expect(rungsOf({ search: 'halving', steps: 100 })).toEqual([34, 67, 100]);
    expect(rungsOf({ search: 'halving', steps: 1 })).toEqual([1]);
    expect(rungsOf({ search: 'grid', steps: 100 })).toEqual([100]);
  });
});

describe('the rate beyond an edge', () => {
  const beyond = (rates: readonly number[], best: number) => {
    const results = rates.map(
      (learningRate): GridResult => ({
        name: `sgd-${learningRate}`,
        optimizer: 'sgd',
        learningRate,
        steps: 1,
        hasDiverged: false,
        finalLoss: 1,
        finalAccuracy: null,
      }),
    );
    const found = results.find(({ learningRate }) => learningRate === best) ?? null;
    return rateBeyond({ optimizer: 'sgd', best: found, isAtEdge: true }, results);
  };

  it.each([
    [[0.1, 0.3, 1], 1, 3],
    [[0.3, 1, 3], 3, 10],
    [[0.003, 0.01, 0.03], 0.003, 0.001],
    [[0.01, 0.1], 0.1, 1],
    [[0.01, 0.1], 0.01, 0.001],
    [[0.1, 0.3, 1], 0.3, null],
    [[0.1], 0.1, null],
  ])('of %j at %d is %s', (rates, best, expected) => {
    expect(beyond(rates, best)).toBe(expected);
  });
});
