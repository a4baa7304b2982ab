import { describe, expect, it } from 'vitest';
import type { QuadraticContest } from '../../../src/quadratic/contest.ts';
import { claimsOfContest } from '../../../src/study/quadratic/claims.ts';
import { casesOf, parseQuadraticRequest } from '../../../src/study/quadratic/request.ts';

const contest = (isHeterogeneous: boolean | null, medianRatio: number | null) =>
  ({
    name: 'x',
    title: 'x',
    isHeterogeneous,
    methods: [{ name: 'adam-1', medianRatio }],
  }) as unknown as QuadraticContest;

const verdicts = (isHeterogeneous: boolean | null, ratios: (number | null)[]) =>
  ratios.flatMap((ratio) => claimsOfContest(contest(isHeterogeneous, ratio)).map(({ verdict }) => verdict));

describe('the claims of Figure 8', () => {
  it('GD lags where Adam needs at most half of its steps', () => {
    expect(verdicts(true, [0.01, 0.5, 0.9, 1.1, null])).toEqual([
      'agrees',
      'agrees',
      'partly',
      'does not',
      'does not',
    ]);
  });

  it('GD is on par where Adam needs half to twice its steps', () => {
    expect(verdicts(false, [0.4, 0.5, 2, 2.1, null])).toEqual([
      'does not',
      'agrees',
      'agrees',
      'does not',
      'does not',
    ]);
  });

  it('say nothing of problems that are not the paper’s', () => {
    expect(verdicts(null, [1])).toEqual([]);
  });
});

describe('a request for quadratic problems', () => {
  const namesOf = (input: object) => casesOf(parseQuadraticRequest(input)).map(({ name }) => name);

  it('has the simplified cases, or blocks of one’s own alone, or what is named', () => {
    expect(namesOf({})).toEqual(['3', '4']);
    expect(namesOf({ blocks: [[1]] })).toEqual(['own']);
    expect(namesOf({ cases: ['4'], blocks: [[1]] })).toEqual(['4', 'own']);
  });

  it.each([
    [{ cases: ['5'] }, 'expected cases of 1, 2, 3, 4'],
    [{ blocks: [[1, -2]] }, 'blocks'],
    [{ blocks: [[]] }, 'blocks'],
    [{ target: 0 }, 'target'],
    [{ trial: 3 }, "did you mean 'trials'"],
  ])('refuses %j', (input, message) => {
    expect(() => parseQuadraticRequest(input)).toThrow(message);
  });
});
