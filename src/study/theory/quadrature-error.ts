/** D.1: "m = 100 and n_v = 10 … error below 1e-14": the error of the quadrature and that of the probes, apart. */
import { RandomStream } from '../../random/stream.ts';
import {
  gaussQuadrature,
  type LinearOperator,
  runLanczos,
  sampleProbe,
  startLanczos,
} from '../../spectrum/index.ts';
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';

const STEPS = 100;
const PROBES = 10;
const CLAIMED = 1e-14;
/** Places on the axis at which densities are compared. */
const PLACES = 401;
/** Widths of the Gaussians that make a density of nodes, as shares of the spectrum's range. */
const WIDTHS = [0.1, 0.03, 0.01, 0.003];

/** A bulk around 0 with a few outliers, as the Hessian of a network has: its eigenvalues are known. */
function eigenvaluesOf(dim: number, seed: number): Float64Array {
  const bulk = new RandomStream(seed, 'quadrature-error', 'bulk').gaussian(dim);
  return bulk.map((value, i) => (i < 10 ? 2 + i : value * 0.3));
}

interface Rule {
  readonly nodes: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/** The measure as a density: a Gaussian of that width at each node. */
function densityAt(place: number, { nodes, weights }: Rule, width: number): number {
  let sum = 0;
  for (let i = 0; i < nodes.length; i++)
    sum += (weights[i] as number) * Math.exp(-0.5 * (((nodes[i] as number) - place) / width) ** 2);
  return sum / (width * Math.sqrt(2 * Math.PI));
}

/** Measures that are compared: of each probe as quadrature finds it and as it truly is, and of the matrix. */
async function measuresOf(dim: number, seed: number) {
  const eigenvalues = eigenvaluesOf(dim, seed);
  const operator: LinearOperator = {
    name: 'known spectrum',
    dim,
    precision: 'float64',
    matmat: async (columns) =>
      columns.map((column) => Float64Array.from(column, (v, i) => v * (eigenvalues[i] as number))),
  };
  const vectors = Array.from({ length: PROBES }, (_, probe) =>
    sampleProbe({ kind: 'gaussian', dim, precision: 'float64', seed, path: ['quadrature-error', probe] }),
  );
  const states = vectors.map((vector) => startLanczos(vector, { steps: STEPS, reorthogonalize: true }));
  await runLanczos(operator, states);
  return {
    eigenvalues,
    exact: { nodes: eigenvalues, weights: new Float64Array(dim).fill(1 / dim) },
    probes: states.map(({ alphas, betas }, index): { readonly found: Rule; readonly truth: Rule } => ({
      found: gaussQuadrature(alphas, betas),
      // In the eigenbasis, the weight of an eigenvalue is the square of the probe's coordinate.
      truth: { nodes: eigenvalues, weights: (vectors[index] as Float64Array).map((v) => v * v) },
    })),
  };
}

export const QUADRATURE_ERROR: TheoryCheck = {
  name: 'quadrature-error',
  title: 'D.1: the error at m = 100 and n_v = 10',
  remark:
    'Two errors are in a density: that of the quadrature, which takes m nodes for the measure that a probe sees, and that of the probes, which see the matrix from a few random directions. Both are measured on a matrix with known eigenvalues (a bulk around 0, ten outliers), relative to the largest density, for several widths of smoothing.',
  async run(size, seed) {
    const dim = size === 'quick' ? 400 : 2000;
    const { eigenvalues, exact, probes } = await measuresOf(dim, seed);
    const [low, high] = [Math.min(...eigenvalues), Math.max(...eigenvalues)];
    const places = Array.from({ length: PLACES }, (_, i) => low + ((high - low) * i) / (PLACES - 1));
    const rows = WIDTHS.map((share) => {
      const width = share * (high - low);
      let [quadrature, probe, largest] = [0, 0, 0];
      for (const place of places) {
        const wanted = densityAt(place, exact, width);
        largest = Math.max(largest, wanted);
        let mean = 0;
        for (const { found, truth } of probes) {
          const seen = densityAt(place, truth, width);
          mean += seen / PROBES;
          quadrature = Math.max(quadrature, Math.abs(densityAt(place, found, width) - seen));
        }
        probe = Math.max(probe, Math.abs(mean - wanted));
      }
      return { width: share, quadratureError: quadrature / largest, probeError: probe / largest };
    });
    const told = rows.map(
      ({ width, quadratureError, probeError }) =>
        `width ${width}: quadrature ${quadratureError.toExponential(1)}, probes ${probeError.toExponential(1)}`,
    );
    return {
      numbers: { dim, steps: STEPS, probes: PROBES, rows },
      claims: [
        judgeClaim(
          {
            id: 'quadrature-error',
            text: 'm = 100 and n_v = 10 reach highly accurate estimation with error < 1e-14 (D.1).',
            threshold: `both errors below ${CLAIMED} at every width; the quadrature's at some: partly`,
          },
          told.join('; '),
          rows.every(({ quadratureError, probeError }) => Math.max(quadratureError, probeError) < CLAIMED),
          rows.some(({ quadratureError }) => quadratureError < CLAIMED),
        ),
      ],
    };
  },
};
