/** What the records of a run must say of each other. Each check returns a sentence for every contradiction. */
import { sizeOf } from '../../tensor/graph/type.ts';
import { messageOf } from './failures.ts';
import { checkBlockNames, WHOLE_HESSIAN } from './layout.ts';
import type {
  BlockRecord,
  DistanceRecord,
  DistancesFile,
  ExactFile,
  LanczosFile,
  RunFile,
  SpectraFile,
  SpectrumRecord,
} from './records.ts';

/**
 * How far two ways to the same number may lie apart, against its scale. The numbers come from float64 sums
 * and eigenproblems of at most some thousand terms, whose rounding stays below 1e-12; a wrong record is
 * wrong in an early digit.
 */
const TOLERANCE = 1e-9;

/** Names, and sizes against shapes, of `blocks.json`; its totals against `run.json`. */
export function checkBlocks(blocks: readonly BlockRecord[], run: RunFile | null): string[] {
  const findings = blocks
    .filter(({ size, shape }) => size !== sizeOf(shape))
    .map(({ name, size, shape }) => `block ${name}: size ${size} is not that of shape [${shape.join(', ')}]`);
  try {
    checkBlockNames(blocks.map(({ name }) => name));
  } catch (error) {
    findings.push(messageOf(error));
  }
  if (run === null) return findings;
  const { blockCount, parameterCount } = run.model;
  const total = blocks.reduce((sum, { size }) => sum + size, 0);
  if (blockCount !== blocks.length) {
    findings.push(`run.json counts ${blockCount} blocks, blocks.json has ${blocks.length}`);
  }
  if (parameterCount !== total) {
    findings.push(`run.json counts ${parameterCount} parameters, the blocks of blocks.json have ${total}`);
  }
  return findings;
}

/** Each spectrum of `spectra.json` by itself, and its dimension against `blocks.json`. */
export function checkSpectra(spectra: SpectraFile, blocks: readonly BlockRecord[] | null): string[] {
  const findings = allSpectra(spectra).flatMap(checkSpectrum);
  findings.push(...repeated(spectra.blocks.map(({ name }) => name)));
  if (blocks === null) return findings;
  const sizes = new Map(blocks.map(({ name, size }) => [name, size]));
  for (const { name, dim } of spectra.blocks) {
    const size = sizes.get(name);
    if (size === undefined) findings.push(`spectrum ${name}: blocks.json has no such block`);
    else if (size !== dim)
      findings.push(`spectrum ${name}: dimension ${dim}, but the block has size ${size}`);
  }
  const total = blocks.reduce((sum, { size }) => sum + size, 0);
  if (spectra.full !== null && spectra.full.dim !== total) {
    findings.push(
      `spectrum of the whole Hessian: dimension ${spectra.full.dim}, but the blocks have ${total}`,
    );
  }
  return findings;
}

function checkSpectrum(spectrum: SpectrumRecord): string[] {
  return spectrum.probes.flatMap((probe, index) => {
    const { alphas, betas, nodes, weights, residualBounds } = probe;
    const findings: string[] = [];
    const expect = (holds: boolean, otherwise: string) => {
      if (!holds) findings.push(`spectrum ${spectrum.name}, probe ${index}: ${otherwise}`);
    };
    expect(alphas.length === betas.length, `${alphas.length} alphas and ${betas.length} betas`);
    expect(
      nodes.length === weights.length && nodes.length === residualBounds.length,
      `${nodes.length} nodes, ${weights.length} weights and ${residualBounds.length} residual bounds`,
    );
    expect(
      nodes.every((node, i) => i === 0 || nodes[i - 1]! <= node),
      'its nodes are not ascending',
    );
    const mass = sum(weights);
    expect(Math.abs(mass - 1) <= TOLERANCE, `its weights sum to ${mass}, not 1`);
    if (spectrum.method === 'lanczos' && !spectrum.isZero && alphas.length === nodes.length) {
      findings.push(...checkMoments(spectrum.name, index, probe));
    }
    return findings;
  });
}

/**
 * Nodes and weights are eigenvalues and squared first components of the Jacobi matrix T of alphas and betas
 * (Golub and Welsch), so that sum(nodes) = tr T, sum(w node) = T[0][0] and sum(w node^2) = (T^2)[0][0].
 */
function checkMoments(name: string, index: number, probe: SpectrumRecord['probes'][number]): string[] {
  const { alphas, betas, nodes, weights } = probe;
  const [alpha] = alphas;
  if (alpha === undefined) return [];
  // The last beta is the coupling that was cut off: with one step it is no entry of T.
  const beta = alphas.length > 1 ? betas[0]! : 0;
  const scale = Math.max(...nodes.map(Math.abs));
  const moments: [string, number, number, number][] = [
    ['the sum of its nodes', sum(nodes), sum(alphas), scale * nodes.length],
    ['the mean of its nodes', sum(nodes.map((node, i) => weights[i]! * node)), alpha, scale],
    [
      'the mean square of its nodes',
      sum(nodes.map((node, i) => weights[i]! * node * node)),
      alpha * alpha + beta * beta,
      scale * scale,
    ],
  ];
  return moments
    .filter(([, found, expected, unit]) => Math.abs(found - expected) > TOLERANCE * unit)
    .map(
      ([what, found, expected]) =>
        `spectrum ${name}, probe ${index}: ${what} is ${found}, by its alphas and betas ${expected}`,
    );
}

/** `lanczos/<block>/<probe>.json` by itself, against `blocks.json` and against `spectra.json`. */
export function checkLanczos(
  file: LanczosFile,
  blocks: readonly BlockRecord[] | null,
  spectra: SpectraFile | null,
): string[] {
  const findings: string[] = [];
  const { block, probe, dim, steps, alphas, betas, finished } = file;
  const where = `coefficients of ${block}, probe ${probe}`;
  if (alphas.length !== betas.length) {
    findings.push(`${where}: ${alphas.length} alphas and ${betas.length} betas`);
  }
  if (alphas.length > Math.min(steps, dim)) {
    findings.push(`${where}: ${alphas.length} steps, more than the ${Math.min(steps, dim)} there can be`);
  }
  if (finished === 'steps' && alphas.length !== steps) {
    findings.push(`${where}: said to be complete after ${alphas.length} of ${steps} steps`);
  }
  findings.push(...checkDimension(where, block, dim, blocks));
  const spectrum = spectrumOf(spectra, block);
  const used = spectrum?.method === 'lanczos' ? spectrum.probes[probe] : undefined;
  if (used !== undefined && !(startsWith(alphas, used.alphas) && startsWith(betas, used.betas))) {
    findings.push(`${where}: not those that spectra.json was made from`);
  }
  return findings;
}

/** `exact/<block>.json` by itself, against `blocks.json` and against `spectra.json`. */
export function checkExact(
  file: ExactFile,
  blocks: readonly BlockRecord[] | null,
  spectra: SpectraFile | null,
): string[] {
  const findings: string[] = [];
  const { block, dim, eigenvalues } = file;
  const where = `eigenvalues of ${block}`;
  if (eigenvalues.length !== dim) findings.push(`${where}: ${eigenvalues.length} for the dimension ${dim}`);
  if (eigenvalues.some((value, i) => i > 0 && value < eigenvalues[i - 1]!))
    findings.push(`${where}: not in ascending order`);
  findings.push(...checkDimension(where, block, dim, blocks));
  const spectrum = spectrumOf(spectra, block);
  const nodes = spectrum?.method === 'exact' ? spectrum.probes[0]?.nodes : undefined;
  if (nodes !== undefined && !startsWith(eigenvalues, nodes))
    findings.push(`${where}: not those that spectra.json was made from`);
  return findings;
}

/** The dimension of a block or of the whole Hessian against `blocks.json`. */
function checkDimension(
  where: string,
  block: string,
  dim: number,
  blocks: readonly BlockRecord[] | null,
): string[] {
  if (blocks === null) return [];
  const whole = blocks.reduce((total, { size }) => total + size, 0);
  const size = block === WHOLE_HESSIAN ? whole : blocks.find(({ name }) => name === block)?.size;
  if (size === undefined) return [`${where}: blocks.json has no such block`];
  return size === dim ? [] : [`${where}: dimension ${dim}, but the block has size ${size}`];
}

function spectrumOf(spectra: SpectraFile | null, block: string): SpectraFile['full'] | undefined {
  return spectra && (block === WHOLE_HESSIAN ? spectra.full : findByName(spectra.blocks, block));
}

/** `distances.json` by itself, and its blocks against `spectra.json`. */
export function checkDistances(distances: DistancesFile, spectra: SpectraFile | null): string[] {
  const findings = distances.definitions.flatMap(checkDistanceMatrix);
  findings.push(...repeated(distances.definitions.map(({ definition }) => definition)));
  if (spectra === null) return findings;
  const measured = new Set(spectra.blocks.map(({ name }) => name));
  for (const { definition, blocks } of distances.definitions) {
    for (const name of blocks) {
      if (!measured.has(name)) findings.push(`distance ${definition}: spectra.json has no block ${name}`);
    }
  }
  return findings;
}

function checkDistanceMatrix(record: DistanceRecord): string[] {
  const { definition, matrix, blocks, js0, js0WholeMatrix } = record;
  const count = blocks.length;
  if (matrix.length !== count || matrix.some((row) => row.length !== count)) {
    return [`distance ${definition}: its matrix is not ${count} x ${count}, the number of its blocks`];
  }
  const findings: string[] = [];
  const pairs: (number | null)[] = [];
  for (const [i, row] of matrix.entries()) {
    for (const [j, value] of row.entries()) {
      const at = `distance ${definition} between ${blocks[i]} and ${blocks[j]}`;
      if (i === j && value !== 0 && value !== null) findings.push(`${at}: ${value}, not 0`);
      if (i < j && value !== matrix[j]![i])
        findings.push(`${at}: ${value}, but ${matrix[j]![i]} the other way`);
      if (value !== null && value < 0) findings.push(`${at}: ${value} is negative`);
      if (i < j) pairs.push(value);
    }
  }
  if (count < 2) return findings;
  const known = pairs.filter((value) => value !== null);
  const mean = sum(known) / known.length;
  const tolerance = TOLERANCE * Math.abs(js0.mean);
  if (known.length === pairs.length && Math.abs(mean - js0.mean) > tolerance) {
    findings.push(`distance ${definition}: js0 is ${js0.mean}, but the mean over its pairs ${mean}`);
  }
  const whole = ((count - 1) / count) * js0.mean;
  if (known.length === pairs.length && Math.abs(whole - js0WholeMatrix) > tolerance) {
    findings.push(`distance ${definition}: js0WholeMatrix is ${js0WholeMatrix}, not (L-1)/L js0 = ${whole}`);
  }
  return findings;
}

function allSpectra({ full, blocks }: SpectraFile): readonly SpectrumRecord[] {
  return full === null ? blocks : [full, ...blocks];
}

function findByName(spectra: readonly SpectrumRecord[], name: string): SpectrumRecord | undefined {
  return spectra.find((spectrum) => spectrum.name === name);
}

function startsWith(all: readonly number[], first: readonly number[]): boolean {
  return first.length <= all.length && first.every((value, i) => value === all[i]);
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    (name) => `${name} stands twice`,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
