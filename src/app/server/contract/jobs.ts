/** What the dashboard's API says of work: foreseen, started, followed, stopped. */
import { z } from 'zod';

/** A choice of a form, from the request's own schema. Choices that are lists or records are left out. */
export const choiceSchema = z.object({
  key: z.string(),
  description: z.string(),
  type: z.enum(['text', 'number', 'boolean', 'one-of']),
  /** All values of `one-of`; words that a `number` or `text` may be instead, such as `paper`. */
  options: z.array(z.string()),
  /** Null where leaving it out means something that depends on the rest. */
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]),
});

/** What a form needs. */
export const formSchema = z.object({
  models: z.array(
    z.object({ name: z.string(), description: z.string(), dataKind: z.string(), parameterCount: z.int() }),
  ),
  data: z.array(z.object({ name: z.string(), description: z.string(), dataKind: z.string() })),
  /** Of a measurement of spectra. */
  choices: z.array(choiceSchema),
  trainingChoices: z.array(choiceSchema),
});

/** The choices of `hesscope spectrum`, as `--config` takes them. */
export const spectrumInputSchema = z.record(z.string(), z.unknown());

/** Work to begin; `input` holds the choices of `hesscope spectrum` or `hesscope train`. */
export const jobInputSchema = z.object({
  kind: z.enum(['spectrum', 'training']),
  input: z.record(z.string(), z.unknown()),
});

/** What the planner says before the work. */
export const forecastSchema = z.object({
  model: z.string(),
  parameterCount: z.int().nonnegative(),
  data: z.string(),
  /** Nats. */
  loss: z.number(),
  estimatedMs: z.number().nonnegative(),
  estimatedBytes: z.number().nonnegative(),
  products: z.int().nonnegative(),
  text: z.array(z.string()),
});

/** Work that this server's process has started, or will when what was asked for before is done. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['spectrum', 'training']),
  /** Of the entry; null until its folder is made. */
  entry: z.string().nullable(),
  title: z.string(),
  state: z.enum(['queued', 'starting', 'running', 'stopping', 'finished', 'interrupted', 'failed']),
  /** When it was asked for. */
  startedAt: z.iso.datetime(),
  /** Null until the first report. */
  progress: z
    .object({
      /** 0 to 1. */
      share: z.number().min(0).max(1),
      /** For example the block under way. */
      text: z.string(),
      elapsedMs: z.number().nonnegative(),
      remainingMs: z.number().nonnegative().nullable(),
    })
    .nullable(),
  /** What a reader must know of the work under way, one sentence each. */
  notices: z.array(z.string()),
  /** A sentence for a user's mistake; a bug's first line. */
  error: z.string().nullable(),
});

export const jobListSchema = z.object({
  /** Newest first. */
  jobs: z.array(jobSchema),
});

export const machineSchema = z.object({
  /** Share of all processors that is busy, 0 to 1. */
  load: z.number().min(0),
  processors: z.int().positive(),
  freeBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative(),
});

export type Choice = z.output<typeof choiceSchema>;
export type Form = z.output<typeof formSchema>;
export type JobInput = z.output<typeof jobInputSchema>;
export type JobList = z.output<typeof jobListSchema>;
export type SpectrumInput = z.output<typeof spectrumInputSchema>;
export type ForecastAnswer = z.output<typeof forecastSchema>;
export type Job = z.output<typeof jobSchema>;
export type Machine = z.output<typeof machineSchema>;
