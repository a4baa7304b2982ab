import { describe, expect, it } from 'vitest';
import { exactSpectrum, type OperatorSpectrum } from '../../../src/spectrum/index.ts';
import { claimsOfStage, claimsOfTraining } from '../../../src/study/spectrum/stage-claims.ts';
import { type Stage, stageDistances, stageSpectrum } from '../../../src/study/spectrum/stages.ts';
import { summariseSpectra } from '../../../src/study/spectrum/summarise.ts';

const line = (count: number, from: number, to: number) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** Even from -1 to 1. */
const SYMMETRIC = line(1000, -1, 1);
/** A narrow bulk above zero with five outliers, the largest 15 times the tenth eigenvalue. */
const TRAINED = [...line(1000, 0.02, 1), 3, 4, 5, 6, 15];

function stage(step: number, eigenvalues: readonly number[] | OperatorSpectrum): Stage {
  const spectrum = 'dim' in eigenvalues ? eigenvalues : exactSpectrum('full', eigenvalues);
  const { full, heterogeneity } = summariseSpectra(spectrum, [], 'float64');
  return {
    name: `step-${step}`,
    step,
    share: step / 10,
    loss: 1,
    validationLoss: null,
    full: stageSpectrum(full!, 'float64'),
    distances: stageDistances(heterogeneity),
  };
}

const verdicts = (claims: ReturnType<typeof claimsOfTraining>) =>
  claims.map(({ id, verdict }) => `${id.replace('figure-1-', '')}: ${verdict}`);

describe('the claims of Figure 1', () => {
  it('agree with a symmetric beginning and an end of bulk and outliers', () => {
    const stages = [stage(0, SYMMETRIC), stage(5, SYMMETRIC), stage(10, TRAINED)];
    expect(verdicts(claimsOfTraining(stages))).toEqual([
      'symmetric: agrees',
      'negative-disappear: agrees',
      'bulk-and-outliers: agrees',
      // 15 is more than ten times the tenth largest eigenvalue, which is in the bulk.
      'no-large-outlier: partly',
    ]);
  });

  it('do not agree with the opposite', () => {
    const huge = [...SYMMETRIC.map((value) => value - 0.9), 500];
    expect(verdicts(claimsOfTraining([stage(0, TRAINED), stage(10, huge)]))).toEqual([
      'symmetric: does not',
      // Nothing lay below zero at the beginning, and nearly all does at the end.
      'negative-disappear: does not',
      'bulk-and-outliers: partly',
      'no-large-outlier: does not',
    ]);
  });

  it('agree in part where the masses are alike and the ends are not', () => {
    const [claim] = claimsOfStage(stage(0, [...SYMMETRIC, 5]), null);
    expect(claim).toMatchObject({ id: 'figure-1-symmetric', verdict: 'partly' });
    expect(claim!.found).toMatch(/from -1\.\d+ N to 5\.\d+ N/);
  });

  it('are made of a stage only where the paper says something of it', () => {
    const [start, later] = [stage(0, SYMMETRIC), stage(5, TRAINED)];
    const ids = (claims: ReturnType<typeof claimsOfTraining>) => claims.map(({ id }) => id);
    expect(ids(claimsOfStage(start, start))).toEqual(['figure-1-symmetric', 'figure-1-no-large-outlier']);
    // Without the beginning nothing can be said to have disappeared.
    expect(ids(claimsOfStage(later, null))).toEqual([
      'figure-1-bulk-and-outliers',
      'figure-1-no-large-outlier',
    ]);
    expect(claimsOfStage({ ...later, full: null }, start)).toEqual([]);
    expect(claimsOfTraining([{ ...start, full: null }])).toEqual([]);
  });

  it('find all at the beginning where that is all that was measured', () => {
    expect(verdicts(claimsOfTraining([stage(0, SYMMETRIC)]))).toEqual([
      'symmetric: agrees',
      'no-large-outlier: agrees',
    ]);
  });
});
