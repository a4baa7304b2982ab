import { describe, expect, it } from 'vitest';
import { alternate, medianParts, roundsWithin, spreadOf } from '../../../bench/peers/alternate.ts';
import type { Timing } from '../../../bench/peers/side.ts';

const timing = (elapsedMs: number): Timing => ({ elapsedMs, partsMs: {} });

/** Contestants that write their names down when they run. */
function watched() {
  const order: string[] = [];
  const contestant = (name: string, rounds: number, failsAt = Number.POSITIVE_INFINITY) => {
    let runs = 0;
    return {
      name,
      rounds,
      run: async () => {
        order.push(name);
        runs++;
        if (runs === failsAt) throw new Error(`${name} broke\nwith details`);
        return timing(runs);
      },
    };
  };
  return { order, contestant };
}

describe('taking turns', () => {
  it('runs ours before each peer in each round, a peer only in as many rounds as it has', async () => {
    const { order, contestant } = watched();
    const turns = await alternate(contestant('A', 0), [contestant('B', 3), contestant('C', 1)]);
    expect(order.join('')).toBe('ABACABAB');
    expect(turns.get('A')?.timings.length).toBe(4);
    expect(turns.get('B')?.timings.map(({ elapsedMs }) => elapsedMs)).toEqual([1, 2, 3]);
  });

  it('leaves a peer out after it failed, keeps what it had, and goes on with the others', async () => {
    const { order, contestant } = watched();
    const turns = await alternate(contestant('A', 0), [contestant('B', 3, 2), contestant('C', 3)]);
    expect(order.join('')).toBe('ABACABACAC');
    expect(turns.get('B')).toEqual({ timings: [timing(1)], failure: 'B broke' });
    expect(turns.get('C')?.failure).toBeNull();
  });

  it('does not hide a failure of ours', async () => {
    const { contestant } = watched();
    await expect(alternate(contestant('A', 0, 2), [contestant('B', 3)])).rejects.toThrow('A broke');
  });

  it.each([
    ['as many rounds as fit', 100, 30, 1, 9, 3],
    ['at least the least', 100, 200, 2, 9, 2],
    ['never more than were asked for', 100, 1, 2, 9, 9],
    ['one where one was asked for', 100, 200, 3, 1, 1],
  ])('takes %s', (_, budgetMs, roundMs, least, most, expected) => {
    expect(roundsWithin(budgetMs, roundMs, least, most)).toBe(expected);
  });
});

describe('summaries', () => {
  it('finds the middle of an odd and the mean of the middle two of an even number of times', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ medianMs: 3, leastMs: 1, largestMs: 5, samples: 3 });
    expect(spreadOf([8, 1, 2, 4])).toEqual({ medianMs: 3, leastMs: 1, largestMs: 8, samples: 4 });
    expect(spreadOf([])).toBeNull();
  });

  it('takes the median of each part by itself', () => {
    const parts = [
      { x: 1, y: 30 },
      { x: 3, y: 10 },
      { x: 2, y: 20 },
    ];
    expect(medianParts(parts.map((partsMs) => ({ elapsedMs: 0, partsMs })))).toEqual({ x: 2, y: 20 });
  });
});
