/**
 * When a density has settled: Wasserstein-1 distances that say how far steps and probes may still move it, each as a
 * share of the range of the nodes.
 */
import { meanMeasure, nodeRange } from './density.ts';
import { wassersteinOne } from './distance/wasserstein-1.ts';
import { estimate } from './estimate.ts';
import { gaussQuadrature, lanczosSpectrum } from './quadrature.ts';
import type { Convergence, OperatorSpectrum } from './spectrum.ts';

/**
 * The first look. A density may settle sooner, but the 10th largest eigenvalue, by which spectra are normalised, takes
 * more than ten nodes above zero. Measured on the blocks of a small GPT against 100 steps: after 20 steps it is
 * 64 % or more too small in most of them, after 40 at most 26 %, after 60 at most 7 %.
 */
export const FIRST_LOOK_STEPS = 40;
/** Steps from look to look. A look takes two tridiagonal eigenproblems, 0.3 ms at 100 steps. */
export const LOOK_EVERY_STEPS = 10;

/** The coefficients of one probe, as many betas as alphas; a `LanczosState` will do. */
interface Coefficients {
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
}

/**
 * Whether a probe's density has settled after the steps that it has taken: at a look (step 40, 50, 60, ...), when
 * `stepErrorOfProbe` is at most the tolerance. It depends on the probe's own coefficients alone, so it comes out the
 * same however probes are grouped and wherever a run was broken off.
 *
 * @param tolerance a share of the range of the nodes.
 */
export function hasSettled(probe: Coefficients, tolerance: number): boolean {
  const taken = probe.alphas.length;
  if (taken < FIRST_LOOK_STEPS || taken % LOOK_EVERY_STEPS !== 0) return false;
  return (stepErrorOfProbe(probe) as number) <= tolerance;
}

/** The first number of steps after which a probe had settled, or null when it never had. */
export function settledStep({ alphas, betas }: Coefficients, tolerance: number): number | null {
  for (let taken = FIRST_LOOK_STEPS; taken <= alphas.length; taken += LOOK_EVERY_STEPS)
    if (hasSettled({ alphas: alphas.slice(0, taken), betas: betas.slice(0, taken) }, tolerance)) return taken;
  return null;
}

/**
 * The error that is left in a probe's density for want of steps, as a share of the range of its nodes: its W1 distance
 * to the density after half of its steps. Where the error falls at least as fast as one over the number of steps, which
 * is the rate of the worst case (Chen, Trogdon, Ubaru, 2021), half of the steps have at least twice the error, and
 * the distance bounds it.
 *
 * @returns 0 after a breakdown, for the quadrature is then exact; null after a single step.
 */
export function stepErrorOfProbe(probe: Coefficients): number | null {
  if (isExact(probe)) return 0;
  const half = firstHalf(probe);
  if (half.alphas.length === 0) return null;
  const { nodes, weights } = gaussQuadrature(probe.alphas, probe.betas);
  const earlier = gaussQuadrature(half.alphas, half.betas);
  const distance = wassersteinOne(
    { nodes, masses: weights },
    { nodes: earlier.nodes, masses: earlier.weights },
  );
  return share(distance, (nodes.at(-1) as number) - (nodes[0] as number));
}

/**
 * What is left of the errors of a spectrum's density, the mean over its probes.
 *
 * - Steps: the W1 distance to the mean density after half of each probe's steps, as in `stepErrorOfProbe`. It is at
 *   most the mean of the probes' own (W1 is convex).
 * - Probes: the integral over the eigenvalue of the standard error of the cumulative distribution. By
 *   E|x| <= (E x^2)^(1/2) at each eigenvalue it bounds the mean W1 distance to the density of infinitely many probes.
 *
 * @param tolerance the one asked for; it is kept beside the errors.
 */
export function convergenceOf(spectrum: OperatorSpectrum, tolerance: number): Convergence {
  const { least, largest } = nodeRange([spectrum]);
  const range = largest - least;
  const stepDistance = stepDistanceOf(spectrum);
  const probeDistance = probeDistanceOf(spectrum);
  return {
    tolerance,
    steps: spectrum.probes.map(({ alphas }) => alphas.length),
    stepError: stepDistance === null ? null : share(stepDistance, range),
    probeError: probeDistance === null ? null : share(probeDistance, range),
  };
}

function stepDistanceOf(spectrum: OperatorSpectrum): number | null {
  const earlier = spectrum.probes.map((probe) => (isExact(probe) ? probe : firstHalf(probe)));
  if (earlier.some(({ alphas }) => alphas.length === 0)) return null;
  const half = lanczosSpectrum(spectrum.name, spectrum.dim, earlier);
  return wassersteinOne(meanMeasure(spectrum), meanMeasure(half));
}

/** In units of eigenvalues; null with one probe. */
function probeDistanceOf({ probes }: OperatorSpectrum): number | null {
  if (probes.length < 2) return null;
  const masses = probes.flatMap(({ nodes, weights }, probe) =>
    nodes.map((node, i) => ({ node, mass: weights[i] as number, probe })),
  );
  masses.sort((a, b) => a.node - b.node);
  const below = new Array<number>(probes.length).fill(0);
  let distance = 0;
  masses.forEach(({ node, mass, probe }, i) => {
    below[probe] = (below[probe] as number) + mass;
    const next = masses[i + 1]?.node ?? node;
    if (next > node) distance += (next - node) * (estimate(below).standardError as number);
  });
  return distance;
}

/** A beta of exactly 0 marks an invariant subspace: the quadrature was exact from there on. */
function isExact({ betas }: Coefficients): boolean {
  return betas.includes(0);
}

function firstHalf({ alphas, betas }: Coefficients): Coefficients {
  const half = Math.floor(alphas.length / 2);
  return { alphas: alphas.slice(0, half), betas: betas.slice(0, half) };
}

/** With all nodes at one place there is nothing to be a share of, and no distance. */
function share(distance: number, range: number): number {
  return range > 0 ? distance / range : 0;
}
