import { describe, expect, it } from 'vitest';
import { CONSTANT, rateFactor, type ScheduleSettings } from '../../src/training/schedule.ts';

const factors = (settings: Partial<ScheduleSettings>, steps: readonly number[], total = 100) =>
  steps.map((step) => rateFactor({ ...CONSTANT, ...settings }, step, total));

describe('schedules of the learning rate', () => {
  it('rises linearly over the warm-up and is full at its last step', () => {
    expect(factors({ warmupSteps: 4 }, [1, 2, 4, 5, 100])).toEqual([0.25, 0.5, 1, 1, 1]);
  });

  it('falls along half a cosine to the final factor', () => {
    const [start, middle, end] = factors(
      { kind: 'cosine', finalFactor: 0.1, warmupSteps: 20 },
      [20, 60, 100],
    );
    expect(start).toBe(1);
    expect(middle).toBeCloseTo(0.55, 12);
    expect(end).toBeCloseTo(0.1, 12);
  });

  it('falls linearly to the final factor', () => {
    expect(factors({ kind: 'linear' }, [50, 75, 100])).toEqual([0.5, 0.25, 0]);
  });

  it('is cut by a factor after each interval', () => {
    expect(factors({ kind: 'step', decayFactor: 0.5, decayEverySteps: 10 }, [10, 11, 20, 21])).toEqual([
      1, 0.5, 0.5, 0.25,
    ]);
  });

  it('refuses a warm-up beyond the training and a decay without an interval', () => {
    expect(() => factors({ warmupSteps: 101 }, [1])).toThrow(/warm-up of at most all 100 steps, found 101/);
    expect(() => factors({ kind: 'step', decayEverySteps: 0 }, [1])).toThrow(/at least 1, found 0/);
  });
});
