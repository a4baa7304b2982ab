/** What the dashboard's API says of the folders below the runs folder. The page imports these types and nothing else of the server. */
import { z } from 'zod';

/** A record whose keys and values the API passes on as they stand. */
const passedOn = z.record(z.string(), z.unknown());

/** What a folder holds, told by the record file in it. */
export const ENTRY_KINDS = [
  'spectrum',
  'training',
  'comparison',
  'stages',
  'exact',
  'exact-stages',
  'coupling',
  'quadratic',
  'theory',
  'figure',
  'reproduction',
] as const;

const estimate = z.object({
  mean: z.number(),
  /** Null where there is one probe, or none. */
  standardError: z.number().nonnegative().nullable(),
});

/** Null where the work is of no single model. */
const nullableText = z.string().nullable();

/** One line of the list. */
export const entrySummarySchema = z.object({
  /** The folder's path below the runs folder, with `/` between its parts; it is the entry's address in every route. */
  id: z.string().min(1),
  kind: z.enum(ENTRY_KINDS),
  title: z.string(),
  /** Folders that are written at the end of their work are `finished`. `running` whose process is gone is `interrupted`. */
  status: z.enum(['running', 'interrupted', 'finished', 'failed']),
  model: nullableText,
  data: nullableText,
  parameterCount: z.int().nonnegative().nullable(),
  /** Nats. */
  loss: z.number().nullable(),
  /** By the definition that models are compared by: `jsd-log`, wherever it was measured. */
  js0: estimate.extend({ noiseFloor: z.number().nullable() }).nullable(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  elapsedMs: z.number().nonnegative().nullable(),
  tags: z.array(z.string().min(1).max(40)).max(20),
  /** Whether it has a report page, served as one of its files. */
  hasReport: z.boolean(),
});

export const entryListSchema = z.object({
  /** Newest first. */
  entries: z.array(entrySummarySchema),
  /** Folders that look like a run and cannot be read, with the reason. */
  unreadable: z.array(z.object({ id: z.string(), reason: z.string() })),
});

/** One parameter block of a spectrum run with what its spectrum is summed up by; numbers are null until it is measured. */
export const blockSummarySchema = z.object({
  name: z.string(),
  /** Short, unique within the run: what charts write. */
  shortName: z.string(),
  kind: z.string(),
  /** 1-based; null for what belongs to no layer. */
  layer: z.int().positive().nullable(),
  shape: z.array(z.int().nonnegative()),
  size: z.int().nonnegative(),
  /** Whether it was asked for. */
  isSelected: z.boolean(),
  isMeasured: z.boolean(),
  isZero: z.boolean(),
  method: z.enum(['lanczos', 'exact']).nullable(),
  /** Lanczos steps of each probe that has begun; none for an exact spectrum. While a run goes on they grow. */
  probeSteps: z.array(z.int().nonnegative()),
  largest: estimate.nullable(),
  least: estimate.nullable(),
  trace: estimate.nullable(),
  frobenius: estimate.nullable(),
  /** Shares, 0 to 1. */
  negativeMass: estimate.nullable(),
  zeroMass: estimate.nullable(),
  normaliser: z.object({ value: z.number(), rule: z.string() }).nullable(),
  /** Mean distance to the other blocks by the headline definition. */
  meanDistance: z.number().nullable(),
});

export const distanceSummarySchema = z.object({
  definition: z.string(),
  description: z.string(),
  unit: z.string(),
  js0: estimate,
  noiseFloor: z.number().nullable(),
});

/** A run of `hesscope spectrum`. */
export const spectrumDetailSchema = z.object({
  summary: entrySummarySchema,
  request: passedOn,
  /** Probes of each block, and the Lanczos steps of each at most. */
  asked: z.object({ probes: z.int().positive(), steps: z.int().positive() }),
  /** What was asked, with what, on what: label and text. */
  facts: z.array(z.object({ label: z.string(), text: z.string() })),
  notes: z.array(z.string()),
  /** In the model's order. */
  blocks: z.array(blockSummarySchema),
  full: blockSummarySchema.nullable(),
  definitions: z.array(distanceSummarySchema),
  headline: nullableText,
  hasAdvice: z.boolean(),
  error: nullableText,
});

/** Nodes and weights of an operator: what densities are made of in the page. */
export const spectrumNodesSchema = z.object({
  /** A block's name, or `full`. */
  name: z.string(),
  method: z.enum(['lanczos', 'exact']),
  normaliser: z.number(),
  probes: z.array(z.object({ nodes: z.array(z.number()), weights: z.array(z.number()) })),
});

export const distanceMatrixSchema = z.object({
  definition: z.string(),
  description: z.string(),
  unit: z.string(),
  blocks: z.array(z.string()),
  /** Rows of zero blocks are null. */
  matrix: z.array(z.array(z.number().nullable())),
  js0: estimate,
  noiseFloor: z.number().nullable(),
  /** Positions in `blocks`, in the order of an average-linkage clustering. */
  clusterOrder: z.array(z.int().nonnegative()),
});

export const metricSchema = z.object({
  step: z.int().nonnegative(),
  loss: z.number(),
  gradientNorm: z.number(),
  learningRate: z.number(),
  elapsedMs: z.number(),
  validationLoss: z.number().nullable(),
  validationAccuracy: z.number().nullable(),
});

/** Lines of a training as columns, which take a third of the room: entries at one place of all columns are one line. */
export const metricColumnsSchema = z.object({
  step: z.array(z.int().nonnegative()),
  loss: z.array(z.number()),
  gradientNorm: z.array(z.number()),
  learningRate: z.array(z.number()),
  elapsedMs: z.array(z.number()),
  validationLoss: z.array(z.number().nullable()),
  validationAccuracy: z.array(z.number().nullable()),
});

export const trainingDetailSchema = z.object({
  summary: entrySummarySchema,
  request: passedOn,
  facts: z.array(z.object({ label: z.string(), text: z.string() })),
  /** Steps asked for. */
  steps: z.int().nonnegative(),
  initialValidationLoss: z.number().nullable(),
  metrics: metricColumnsSchema,
  error: nullableText,
});

/**
 * Entries whose record is passed on as it was written (`comparison.json`, `exact.json`, ...), without matrices of entries.
 * That of a reproduction is `{ records }`: the `reproduction.json` of each of its figures and tables, in the paper's order.
 */
export const recordDetailSchema = z.object({
  summary: entrySummarySchema,
  record: passedOn,
  /** Pictures below the folder, each an SVG and a PNG: paths without extension. */
  pictures: z.array(z.string()),
});

/** What `GET /api/entries/<id>` answers, told apart by `summary.kind`. */
export const entryDetailSchema = z.union([spectrumDetailSchema, trainingDetailSchema, recordDetailSchema]);

/** The record of `hesscope advise`; its fields are those of `AdviceRecord`. */
export const adviceSchema = passedOn;

/** What is put on an entry in place of its tags. */
export const tagsInputSchema = z.object({ tags: z.array(z.string().trim().min(1).max(40)).max(20) });

/** The entries that went with a folder: itself, and those below it. */
export const removalSchema = z.object({ removed: z.array(z.string()) });

/** Every answer that is no success: what was expected, what was found, what to do. */
export const failureSchema = z.object({ error: z.string() });

export type EntryKind = (typeof ENTRY_KINDS)[number];
export type EntrySummary = z.output<typeof entrySummarySchema>;
export type EntryList = z.output<typeof entryListSchema>;
export type BlockSummary = z.output<typeof blockSummarySchema>;
export type DistanceSummary = z.output<typeof distanceSummarySchema>;
export type SpectrumDetail = z.output<typeof spectrumDetailSchema>;
export type SpectrumNodes = z.output<typeof spectrumNodesSchema>;
export type DistanceMatrix = z.output<typeof distanceMatrixSchema>;
export type Metric = z.output<typeof metricSchema>;
export type MetricColumns = z.output<typeof metricColumnsSchema>;
export type TrainingDetail = z.output<typeof trainingDetailSchema>;
export type RecordDetail = z.output<typeof recordDetailSchema>;
export type EntryDetail = z.output<typeof entryDetailSchema>;
export type Removal = z.output<typeof removalSchema>;
export type Failure = z.output<typeof failureSchema>;
