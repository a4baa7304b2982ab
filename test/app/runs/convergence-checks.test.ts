import { describe, expect, test } from 'vitest';
import { checkConvergence, checkSettled } from '../../../src/app/runs/convergence-checks.ts';
import type { LanczosFile, RunFile, SpectraFile, SpectrumRecord } from '../../../src/app/runs/records.ts';
import { parseRecord } from '../../../src/app/runs/schema.ts';
import { startedRun } from '../../../src/app/runs/start.ts';
import { gaussQuadrature } from '../../../src/spectrum/quadrature.ts';
import { coefficients, identity, spectra, start } from './small-run.ts';

/**
 * The Jacobi matrix of the semicircle on [-2, 2]. By the closed form of its nodes and weights, the distance of k to
 * k / 2 steps is 0.0171 of the range for k = 40, 0.0138 for k = 50.
 */
const semicircle = (steps: number) => ({
  alphas: new Array<number>(steps).fill(0),
  betas: new Array<number>(steps).fill(1),
});

const run = (tolerance?: number): RunFile => ({
  ...startedRun('run', start, new Date('2026-01-01T00:00:00.000Z')),
  status: 'finished',
  request: { ...start.request, ...(tolerance === undefined ? {} : { tolerance }) },
});

describe('the end of a probe', () => {
  const file = (steps: number, finished: LanczosFile['finished']): LanczosFile => ({
    version: 1,
    ...identity,
    dim: 1000,
    steps: finished === 'steps' ? steps : 100,
    ...semicircle(steps),
    finished,
  });

  test.each([
    ['where it settled', 50, 'settled', 0.015],
    ['at its last step, when it settles there', 50, 'steps', 0.015],
    ['at its last step, before it has settled', 100, 'steps', 0.001],
    ['not yet', 47, null, 0.015],
    ['without a tolerance', 100, 'steps', undefined],
  ] as const)('is right %s', (_, steps, finished, tolerance) => {
    expect(checkSettled(file(steps, finished), run(tolerance))).toEqual([]);
  });

  test.each([
    ['too early', 40, 'settled', 0.015, 'said to be settled after 40 steps, but they are not'],
    ['too late', 60, 'settled', 0.015, 'settled after 50 steps, but they do not end there'],
    ['not at all', 100, 'steps', 0.015, 'settled after 50 steps, but they do not end there'],
    ['without reason', 50, 'settled', undefined, 'said to be settled, but run.json has no tolerance'],
  ] as const)('is found wrong: %s', (_, steps, finished, tolerance, finding) => {
    expect(checkSettled(file(steps, finished), run(tolerance))).toEqual([
      `coefficients of layer.1.weight, probe 0: ${finding}`,
    ]);
  });
});

describe('the errors of a spectrum', () => {
  /** Two probes of two steps each: nodes 1 and 3, and 1.5 and 2.5, all with weight 1/2; half of the steps have node 2. */
  const other = { alphas: [2, 2], betas: [0.5, 0.5] };
  const probes = [coefficients, other].map((probe) => ({
    ...probe,
    ...gaussQuadrature(probe.alphas, probe.betas),
  }));
  /**
   * Over the range of 2: more steps move half of the mass by 1 and half of it by 1/2, 0.75 on average. The cumulative
   * distributions differ by 1/2 from 1 to 1.5 and from 2.5 to 3; the standard error of (0, 1/2) is 1/4, on a length of 1.
   */
  const convergence = { tolerance: 0.01, steps: [2, 2], stepError: 0.75 / 2, probeError: 0.25 / 2 };
  const withConvergence = (change: Partial<NonNullable<SpectrumRecord['convergence']>>): SpectraFile => ({
    ...spectra,
    blocks: [{ ...spectra.blocks[0]!, probes, convergence: { ...convergence, ...change } }],
  });

  test('are those of its probes, worked out by hand', () => {
    expect(checkConvergence(withConvergence({}), run(0.01))).toEqual([]);
    expect(() => parseRecord('spectra', withConvergence({}), 'spectra.json')).not.toThrow();
  });

  test('are not there without a tolerance', () => {
    expect(checkConvergence(spectra, run())).toEqual([]);
    expect(checkConvergence(spectra, run(0.01)).join()).toContain('its tolerance is none, by run.json 0.01');
    expect(checkConvergence(withConvergence({}), run()).join()).toContain('is 0.01, by run.json none');
    const exact = { ...spectra, blocks: [{ ...spectra.blocks[0]!, method: 'exact' as const }] };
    expect(checkConvergence(exact, run(0.01))).toEqual([]);
  });

  test.each([
    ['steps', { steps: [2, 3] }, /steps 2,3, by its probes 2,2$/],
    ['error of steps', { stepError: 0.3 }, /stepError 0\.3, by its probes 0\.375/],
    ['error of probes', { probeError: null }, /probeError null, by its probes 0\.12/],
    ['tolerance', { tolerance: 0.02 }, /its tolerance is 0\.02, by run\.json 0\.01$/],
  ])('are found wrong: %s', (_, change, finding) => {
    const findings = checkConvergence(withConvergence(change), run(0.01));
    expect(findings).toEqual([expect.stringMatching(finding)]);
  });

  test('of probes that are not whole are left to other checks', () => {
    const torn = withConvergence({});
    const broken = { ...torn, blocks: [{ ...torn.blocks[0]!, probes: [{ ...probes[0]!, betas: [1] }] }] };
    expect(checkConvergence(broken, run(0.01))).toEqual([]);
  });
});
