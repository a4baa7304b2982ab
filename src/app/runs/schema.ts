/** What each record file must hold, checked when it is read and before it is written. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { messageOf } from './failures.ts';
import type {
  BlocksFile,
  DistancesFile,
  ExactFile,
  HashRecord,
  LanczosFile,
  RunFile,
  SpectraFile,
  UnitsFile,
} from './records.ts';
import { RUN_FORMAT_VERSION } from './records.ts';

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/**
 * Passes a schema on when it yields exactly `T`: a field that stands in records.ts and not in the schema,
 * or the other way round, stops the compiler at the call.
 */
function schemaOf<T>() {
  return <S extends z.ZodType>(
    schema: S & (Same<z.infer<S>, Mutable<T>> extends true ? unknown : never),
  ): S => schema;
}

const count = z.int().nonnegative();
const nonNegative = z.number().nonnegative();
const numbers = z.array(z.number());
const version = z.int().min(1).max(RUN_FORMAT_VERSION);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const estimate = z.strictObject({ mean: z.number(), standardError: nonNegative.nullable() });

const weights = z.strictObject({
  source: z.string(),
  layout: z.string(),
  files: z.array(z.strictObject({ name: z.string(), bytes: count, sha256 })),
  drawn: z.array(z.string()),
  unused: z.array(z.string()),
});

const run = schemaOf<RunFile>()(
  z.strictObject({
    version,
    name: z.string().min(1),
    kind: z.enum(['spectrum', 'training']).optional(),
    status: z.enum(['running', 'interrupted', 'finished', 'failed']),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    request: z.record(z.string(), z.unknown()),
    model: z.strictObject({
      name: z.string(),
      parameterCount: count,
      blockCount: count,
      options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      notes: z.array(z.string()).optional(),
      weights: weights.optional(),
    }),
    data: z.strictObject({
      description: z.string(),
      examplesPerBatch: count,
      microBatches: count,
      sha256: z.string().optional(),
    }),
    environment: z.record(z.string(), z.union([z.string(), z.number()])),
    loss: z.number().nullable(),
    selfCheck: z.strictObject({ symmetryError: z.number(), repeatable: z.boolean() }).nullable(),
    plan: z
      .strictObject({ estimatedMs: nonNegative, estimatedBytes: nonNegative, text: z.array(z.string()) })
      .nullable(),
    initial: z
      .strictObject({ validationLoss: z.number(), validationAccuracy: z.number().nullable() })
      .optional(),
    elapsedMs: nonNegative,
    runtimeMs: nonNegative.optional(),
    products: count,
    error: z.string().nullable(),
  }),
);

const blocks = schemaOf<BlocksFile>()(
  z.strictObject({
    version,
    blocks: z.array(
      z.strictObject({
        name: z.string().min(1),
        shape: z.array(count),
        size: count,
        kind: z.string(),
        layer: z.int().positive().nullable(),
        selected: z.boolean(),
      }),
    ),
  }),
);

const probe = z.strictObject({
  alphas: numbers,
  betas: z.array(nonNegative),
  nodes: numbers,
  weights: z.array(nonNegative),
  residualBounds: z.array(nonNegative),
});

const convergence = z.strictObject({
  tolerance: z.number().positive(),
  steps: z.array(count),
  stepError: nonNegative.nullable(),
  probeError: nonNegative.nullable(),
});

const spectrum = z.strictObject({
  name: z.string().min(1),
  dim: count,
  method: z.enum(['lanczos', 'exact']),
  isZero: z.boolean(),
  probes: z.array(probe),
  convergence: convergence.optional(),
  largest: estimate,
  least: estimate,
  trace: estimate,
  frobenius: estimate,
  negativeMass: estimate,
  zeroMass: estimate,
  normaliser: z.strictObject({ value: z.number(), rule: z.string() }),
});

const spectra = schemaOf<SpectraFile>()(
  z.strictObject({
    version,
    full: spectrum.nullable(),
    blocks: z.array(spectrum),
    density: z.strictObject({ sigmaRule: z.string(), gridPoints: count }),
  }),
);

const distances = schemaOf<DistancesFile>()(
  z.strictObject({
    version,
    zeroBlocks: z.strictObject({ names: z.array(z.string()), treatment: z.string() }),
    definitions: z.array(
      z.strictObject({
        definition: z.string().min(1),
        description: z.string(),
        blocks: z.array(z.string()),
        matrix: z.array(z.array(z.number().nullable())),
        js0: estimate,
        js0WholeMatrix: z.number(),
        noiseFloor: z.number().nullable(),
      }),
    ),
  }),
);

const lanczos = schemaOf<LanczosFile>()(
  z.strictObject({
    version,
    block: z.string().min(1),
    probe: count,
    dim: count,
    seed: z.int(),
    probeKind: z.string(),
    precision: z.enum(['float32', 'float64']),
    steps: count,
    reorthogonalize: z.boolean(),
    alphas: numbers,
    betas: z.array(nonNegative),
    finished: z.enum(['steps', 'dimension', 'breakdown', 'settled']).nullable(),
  }),
);

const exact = schemaOf<ExactFile>()(
  z.strictObject({
    version,
    block: z.string().min(1),
    dim: count,
    precision: z.enum(['float32', 'float64']),
    eigenvalues: numbers,
  }),
);

const hash = schemaOf<HashRecord>()(
  z.strictObject({
    path: z.string().min(1),
    bytes: count.nullable(),
    sha256: sha256.nullable(),
  }),
);

const units = schemaOf<UnitsFile>()(
  z.strictObject({
    version,
    units: z.array(
      z.strictObject({
        key: sha256,
        unit: z.string().min(1),
        machine: z.strictObject({
          host: z.string(),
          processor: z.string(),
          threads: z.int().positive(),
          engine: z.string(),
          node: z.string(),
          platform: z.string(),
        }),
        elapsedMs: nonNegative,
        runtimeMs: nonNegative,
      }),
    ),
  }),
);

/** Each kind of record with its schema; {@link parseRecord} is the way to use them. */
export const schemas = { run, blocks, spectra, distances, lanczos, exact, hash, units };

/** The type that each schema yields. */
export interface Records {
  run: RunFile;
  blocks: BlocksFile;
  spectra: SpectraFile;
  distances: DistancesFile;
  lanczos: LanczosFile;
  exact: ExactFile;
  hash: HashRecord;
  units: UnitsFile;
}

/**
 * Checks a value read from, or about to be written to, a record file.
 *
 * @param place the file, for messages
 * @throws UserError when it was written by a newer hesscope, or does not have the fields of its kind.
 */
export function parseRecord<K extends keyof Records>(kind: K, value: unknown, place: string): Records[K] {
  refuseNewer(value, place);
  const result = schemas[kind].safeParse(value);
  if (result.success) return result.data as Records[K];
  const [issue] = result.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? 'the top' : issue.path.map(String).join('.');
  throw new UserError(
    `${place} does not hold what a hesscope run does: at ${at}: ${issue?.message ?? 'unknown'}; ` +
      'restore the file, or measure again',
  );
}

/**
 * Parses the text of a record file.
 *
 * @throws UserError for text that is not JSON, and as {@link parseRecord} does.
 */
export function parseRecordText<K extends keyof Records>(kind: K, text: string, place: string): Records[K] {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new UserError(`${place} is not JSON (${messageOf(error)}); restore the file, or measure again`);
  }
  return parseRecord(kind, value, place);
}

/** Made once: making a schema takes far longer than using it. */
const versioned = z.object({ version: z.number() });

function refuseNewer(value: unknown, place: string): void {
  const found = versioned.safeParse(value);
  if (found.success && found.data.version > RUN_FORMAT_VERSION) {
    throw new UserError(
      `${place} was written by a newer hesscope: its layout has version ${found.data.version}, ` +
        `this one reads up to ${RUN_FORMAT_VERSION}; update hesscope`,
    );
  }
}
