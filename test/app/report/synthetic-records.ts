/** Records of runs that never ran: spectra of plausible shape, for looking at and testing the report. */
import type {
  BlockRecord,
  DistanceRecord,
  DistancesFile,
  Estimate,
  RunFile,
  RunRecord,
  SpectrumRecord,
} from '../../../src/app/runs/records.ts';

/** A small generator (mulberry32): the same records in every run of the tests. */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Makes a record once: records are never changed. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface Shape {
  /** Largest eigenvalue. */
  readonly top: number;
  /** Width of the bulk as a share of the largest eigenvalue. */
  readonly bulk: number;
  /** How fast outliers fall: the k-th is top / k^decay. */
  readonly decay: number;
  /** Least eigenvalue as a share of the largest, negative. */
  readonly dip: number;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  embedding: { top: 24, bulk: 0.0008, decay: 1.9, dip: -0.004 },
  query: { top: 0.0021, bulk: 0.06, decay: 0.5, dip: -0.8 },
  key: { top: 0.0019, bulk: 0.07, decay: 0.45, dip: -0.85 },
  value: { top: 3.1, bulk: 0.004, decay: 1.3, dip: -0.02 },
  'attention-projection': { top: 4.2, bulk: 0.003, decay: 1.2, dip: -0.02 },
  'mlp-fc': { top: 0.55, bulk: 0.02, decay: 0.8, dip: -0.25 },
  'mlp-projection': { top: 0.9, bulk: 0.012, decay: 0.95, dip: -0.1 },
  linear: { top: 1.8, bulk: 0.01, decay: 0.9, dip: -0.12 },
  bias: { top: 0.2, bulk: 0.05, decay: 0.6, dip: -0.2 },
  norm: { top: 0.05, bulk: 0.1, decay: 0.5, dip: -0.3 },
  output: { top: 20, bulk: 0.0008, decay: 1.8, dip: -0.001 },
};

function estimate(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, standardError: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length * (values.length - 1))) };
}

/** A spectrum of a bulk around zero with outliers, seen by Lanczos with `steps` steps. */
export function syntheticSpectrum(
  name: string,
  dim: number,
  shape: Shape,
  options: { readonly probes: number; readonly steps: number; readonly seed: number },
): SpectrumRecord {
  const probes = Array.from({ length: options.probes }, (_, probe) => {
    const random = stream(options.seed * 101 + probe);
    const outliers = Math.floor(options.steps * 0.4);
    const nodes: [number, number][] = [];
    for (let k = 1; k <= outliers; k++) {
      const jitter = k < 8 ? 1 : 1 + 0.05 * (random() - 0.5);
      nodes.push([(shape.top / k ** shape.decay) * jitter, (0.4 + 1.2 * random()) / dim]);
    }
    const negatives = Math.floor(options.steps * 0.15);
    for (let k = 1; k <= negatives; k++) {
      nodes.push([(shape.top * shape.dip) / k ** shape.decay, (0.4 + 1.2 * random()) / dim]);
    }
    const bulk = options.steps - outliers - negatives;
    for (let k = 0; k < bulk; k++) {
      const t = (k + 0.5) / bulk;
      const node = shape.top * shape.bulk * Math.tan((t - 0.5) * 2.9) * 0.6;
      nodes.push([node, Math.cos((t - 0.5) * Math.PI) ** 3 + 1e-5]);
    }
    nodes.sort((a, b) => a[0] - b[0]);
    const total = nodes.reduce((sum, node) => sum + node[1], 0);
    return {
      alphas: nodes.map((node) => node[0]),
      betas: nodes.map(() => shape.top / 4),
      nodes: nodes.map((node) => node[0]),
      weights: nodes.map((node) => node[1] / total),
      residualBounds: nodes.map(() => shape.top * 1e-6),
    };
  });
  const per = (f: (nodes: readonly number[], weights: readonly number[]) => number) =>
    estimate(probes.map((probe) => f(probe.nodes, probe.weights)));
  const mass = (keep: (node: number) => boolean) =>
    per((nodes, weights) => weights.reduce((sum, weight, at) => sum + (keep(nodes[at]!) ? weight : 0), 0));
  return {
    name,
    dim,
    method: 'lanczos',
    isZero: false,
    probes,
    largest: per((nodes) => nodes.at(-1)!),
    least: per((nodes) => nodes[0]!),
    trace: per((nodes, weights) => dim * weights.reduce((sum, weight, at) => sum + weight * nodes[at]!, 0)),
    frobenius: per((nodes, weights) =>
      Math.sqrt(dim * weights.reduce((sum, weight, at) => sum + weight * nodes[at]! ** 2, 0)),
    ),
    negativeMass: mass((node) => node < -1e-6 * shape.top),
    zeroMass: mass((node) => Math.abs(node) <= 1e-6 * shape.top),
    normaliser: { value: probes[0]!.nodes.at(-10)!, rule: '10th largest eigenvalue' },
  };
}

/** A block whose Hessian is zero to rounding. */
export function zeroSpectrum(name: string, dim: number): SpectrumRecord {
  const nothing: Estimate = { mean: 0, standardError: 0 };
  const probe = { alphas: [0], betas: [0], nodes: [0], weights: [1], residualBounds: [0] };
  return {
    name,
    dim,
    method: 'lanczos',
    isZero: true,
    probes: [probe, probe],
    largest: nothing,
    least: nothing,
    trace: nothing,
    frobenius: nothing,
    negativeMass: nothing,
    zeroMass: { mean: 1, standardError: 0 },
    normaliser: { value: 1, rule: 'none: the block is zero' },
  };
}

const BINS = 80;

/** Weights of a spectrum in bins of `position` over [low, high]. */
function histogram(
  spectrum: SpectrumRecord,
  position: (node: number) => number,
  low: number,
  high: number,
): number[] {
  const bins = new Array<number>(BINS).fill(0);
  for (const probe of spectrum.probes) {
    for (const [at, node] of probe.nodes.entries()) {
      const bin = Math.floor(((position(node) - low) / (high - low)) * BINS);
      bins[Math.min(BINS - 1, Math.max(0, bin))]! += probe.weights[at]! / spectrum.probes.length;
    }
  }
  return bins;
}

function divergence(p: readonly number[], q: readonly number[]): number {
  let sum = 0;
  for (const [at, pi] of p.entries()) {
    const qi = q[at]!;
    const middle = (pi + qi) / 2;
    if (pi > 0) sum += 0.5 * pi * Math.log(pi / middle);
    if (qi > 0) sum += 0.5 * qi * Math.log(qi / middle);
  }
  return Math.max(0, sum);
}

function distanceRecord(
  definition: string,
  description: string,
  spectra: readonly SpectrumRecord[],
  distance: (a: SpectrumRecord, b: SpectrumRecord) => number,
): DistanceRecord {
  const matrix = spectra.map((a) =>
    spectra.map((b) => (a.isZero || b.isZero ? null : a === b ? 0 : distance(a, b))),
  );
  const pairs = matrix.flatMap((row, i) =>
    row.filter((value, j): value is number => j > i && value !== null),
  );
  const mean = pairs.reduce((sum, value) => sum + value, 0) / Math.max(1, pairs.length);
  const single = spectra[0]!.probes.length < 2;
  return {
    definition,
    description,
    blocks: spectra.map((spectrum) => spectrum.name),
    matrix,
    js0: { mean, standardError: single ? null : mean * 0.021 },
    js0WholeMatrix: (mean * (spectra.length - 1)) / spectra.length,
    noiseFloor: single ? null : mean * 0.08,
  };
}

function syntheticDistances(spectra: readonly SpectrumRecord[]): DistancesFile {
  const scale = Math.max(...spectra.map((spectrum) => Math.abs(spectrum.largest.mean)));
  const log = (node: number) => Math.log10(Math.abs(node) + 1e-9 * scale);
  const own = (spectrum: SpectrumRecord) => (node: number) =>
    Math.asinh((3 * node) / spectrum.normaliser.value);
  const jsdLog = (a: SpectrumRecord, b: SpectrumRecord) =>
    divergence(
      histogram(a, log, Math.log10(scale) - 9, Math.log10(scale)),
      histogram(b, log, Math.log10(scale) - 9, Math.log10(scale)),
    );
  const jsdNormalised = (a: SpectrumRecord, b: SpectrumRecord) =>
    divergence(histogram(a, own(a), -3, 3), histogram(b, own(b), -3, 3));
  const shared = (node: number) => Math.asinh((200 * node) / scale);
  const jsd = (a: SpectrumRecord, b: SpectrumRecord) =>
    divergence(histogram(a, shared, -7, 7), histogram(b, shared, -7, 7));
  return {
    version: 1,
    zeroBlocks: {
      names: spectra.filter((spectrum) => spectrum.isZero).map((spectrum) => spectrum.name),
      treatment: 'Zero blocks are left out of every distance; their rows are empty.',
    },
    definitions: [
      distanceRecord(
        'jsd',
        'Jensen–Shannon divergence of the smoothed densities in nats, at most ln 2.',
        spectra,
        jsd,
      ),
      distanceRecord('js-distance', 'Square root of jsd, a metric, at most 0.833.', spectra, (a, b) =>
        Math.sqrt(jsd(a, b)),
      ),
      distanceRecord(
        'paper',
        "The measure that reproduces the range of the paper's Table 1: jsd without the grid spacing.",
        spectra,
        (a, b) => 430 * jsd(a, b) ** 2,
      ),
      distanceRecord(
        'jsd-normalised',
        'jsd after each spectrum is divided by its 10th largest eigenvalue.',
        spectra,
        jsdNormalised,
      ),
      distanceRecord('jsd-log', 'jsd of the densities of log |λ|.', spectra, jsdLog),
      distanceRecord(
        'wasserstein-1',
        'Area between the cumulative distributions, in units of the eigenvalue.',
        spectra,
        (a, b) => Math.abs(a.trace.mean / a.dim - b.trace.mean / b.dim),
      ),
    ],
  };
}

function runFile(name: string, model: RunFile['model'], changes: Partial<RunFile> = {}): RunFile {
  return {
    version: 1,
    name,
    status: 'finished',
    createdAt: '2026-11-24T10:15:00.000Z',
    updatedAt: '2026-11-24T10:27:31.000Z',
    request: {
      model: model.name,
      probes: 4,
      steps: 100,
      seed: 1,
      precision: 'float32',
      blocks: ['all'],
      tolerance: 0.01,
    },
    model,
    data: {
      description: 'Moby Dick, bytes, 8 sequences of 256 tokens',
      examplesPerBatch: 8,
      microBatches: 2,
    },
    environment: { node: '20.20.2', onnxruntime: '1.30.0', processor: 'Two cores of something', threads: 2 },
    loss: 4.1743,
    selfCheck: { symmetryError: 3.1e-7, repeatable: true },
    plan: { estimatedMs: 690_000, estimatedBytes: 2.1e9, text: ['38 blocks × 4 probes × 100 steps'] },
    elapsedMs: 751_000,
    products: 15_600,
    error: null,
    ...changes,
  };
}

interface BlockPlan {
  readonly name: string;
  readonly kind: string;
  readonly layer: number | null;
  readonly shape: readonly number[];
}

function gptPlan(layers: number, biases: boolean): BlockPlan[] {
  const width = 384;
  const plan: BlockPlan[] = [
    { name: 'transformer.wte.weight', kind: 'embedding', layer: null, shape: [65, width] },
    { name: 'transformer.wpe.weight', kind: 'embedding', layer: null, shape: [256, width] },
  ];
  for (let layer = 0; layer < layers; layer++) {
    const parts: [string, string, number[]][] = [
      ['attn.query', 'query', [width, width]],
      ['attn.key', 'key', [width, width]],
      ['attn.value', 'value', [width, width]],
      ['attn.proj', 'attention-projection', [width, width]],
      ['mlp.fc', 'mlp-fc', [4 * width, width]],
      ['mlp.proj', 'mlp-projection', [width, 4 * width]],
    ];
    for (const [part, kind, shape] of parts) {
      plan.push({ name: `transformer.h.${layer}.${part}.weight`, kind, layer: layer + 1, shape });
      if (biases)
        plan.push({
          name: `transformer.h.${layer}.${part}.bias`,
          kind: 'bias',
          layer: layer + 1,
          shape: [shape[0]!],
        });
    }
    if (biases && layer < 4)
      plan.push({
        name: `transformer.h.${layer}.ln_1.weight`,
        kind: 'norm',
        layer: layer + 1,
        shape: [width],
      });
  }
  return plan;
}

function recordOf(
  name: string,
  model: string,
  plan: readonly BlockPlan[],
  options: {
    readonly probes: number;
    readonly seed: number;
    readonly zero?: readonly string[];
    readonly alike?: boolean;
    readonly run?: Partial<RunFile>;
  },
): RunRecord {
  const blocks: BlockRecord[] = plan.map((block) => ({
    ...block,
    size: block.shape.reduce((product, extent) => product * extent, 1),
    selected: true,
  }));
  const spectra = blocks.map((block, index) => {
    if (options.zero?.includes(block.name)) return zeroSpectrum(block.name, block.size);
    const shape = SHAPES[options.alike ? 'linear' : block.kind] ?? SHAPES.linear!;
    const random = stream(options.seed + index);
    const depth = block.layer === null ? 1 : 1.25 ** -block.layer * (0.85 + 0.3 * random());
    const scaled = { ...shape, top: shape.top * depth, decay: shape.decay * (0.95 + 0.1 * random()) };
    return syntheticSpectrum(block.name, block.size, scaled, {
      probes: options.probes,
      steps: 100,
      seed: options.seed + index,
    });
  });
  const parameterCount = blocks.reduce((sum, block) => sum + block.size, 0);
  const full = syntheticSpectrum(
    'whole Hessian',
    parameterCount,
    {
      top: Math.max(...spectra.map((spectrum) => spectrum.largest.mean)) * 1.12,
      bulk: 0.002,
      decay: 1.1,
      dip: -0.11,
    },
    { probes: options.probes, steps: 100, seed: options.seed + 999 },
  );
  return {
    run: runFile(name, { name: model, parameterCount, blockCount: blocks.length }, options.run),
    blocks,
    spectra: {
      version: 1,
      full,
      blocks: spectra,
      density: { sigmaRule: '1% of the range', gridPoints: 2000 },
    },
    distances: syntheticDistances(spectra),
  };
}

/** 38 blocks: a GPT of six layers without biases. */
export const gptRun = once((): RunRecord => {
  return recordOf('2026-11-24T10-15-00-gpt-nano', 'gpt-nano', gptPlan(6, false), { probes: 4, seed: 11 });
});

/** A GPT with biases, whose key biases are zero blocks. */
export const zeroBlockRun = once((): RunRecord => {
  const plan = gptPlan(2, true);
  const zero = plan.filter((block) => block.name.endsWith('key.bias')).map((block) => block.name);
  return recordOf('gpt-pico-biases', 'gpt-pico', plan, { probes: 3, seed: 23, zero });
});

/** One probe: no standard errors, no noise floor. */
export const singleProbeRun = once((): RunRecord => {
  return recordOf('one-probe', 'gpt-pico', gptPlan(3, false), { probes: 1, seed: 31 });
});

/** 150 blocks: a GPT of twelve layers with biases and a few normalisations. */
export const largeRun = once((): RunRecord => {
  return recordOf('gpt2-small', 'gpt2', gptPlan(12, true), { probes: 2, seed: 47 });
});

/** A multilayer perceptron of four layers: blocks of one kind. */
export const mlpRun = once((): RunRecord => {
  const widths = [784, 128, 64, 64, 10];
  const plan = widths.slice(1).flatMap((width, index): BlockPlan[] => [
    { name: `layers.${index}.weight`, kind: 'linear', layer: index + 1, shape: [width, widths[index]!] },
    { name: `layers.${index}.bias`, kind: 'bias', layer: index + 1, shape: [width] },
  ]);
  return recordOf('2026-11-24T11-02-00-mlp', 'mlp-mnist', plan, {
    probes: 4,
    seed: 59,
    alike: true,
    run: {
      data: { description: 'MNIST, 512 images', examplesPerBatch: 512, microBatches: 1 },
      loss: 2.3041,
      elapsedMs: 8_300,
      products: 3_600,
    },
  });
});

/** A run stopped before anything but blocks was known. */
export const unfinishedRun = once((): RunRecord => {
  const whole = gptRun();
  return {
    ...whole,
    run: { ...whole.run, name: 'stopped', status: 'interrupted', loss: null, selfCheck: null, plan: null },
    spectra: { ...whole.spectra!, full: null, blocks: whole.spectra!.blocks.slice(0, 7) },
    distances: null,
  };
});
