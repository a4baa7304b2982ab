/** What the dashboard's API says of work: foreseen, started, followed, stopped. */
import { z } from 'zod';

/** A choice of a form, from the request's own schema. */
export const choiceSchema = z.object({
  key: z.string(),
  description: z.string(),
  type: z.enum(['text', 'number', 'boolean', 'one-of']),
  options: z.array(z.string()),
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]),
});

/** What a form needs. */
export const formSchema = z.object({
  models: z.array(
    z.object({ name: z.string(), description: z.string(), dataKind: z.string(), parameterCount: z.int() }),
  ),
  data: z.array(z.object({ name: z.string(), description: z.string(), dataKind: z.string() })),
  choices: z.array(choiceSchema),
});

/** The choices of `hesscope spectrum`, as `--config` takes them. */
export const spectrumInputSchema = z.record(z.string(), z.unknown());

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

/** Work that this server's process has started. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['spectrum', 'training']),
  /** Of the entry; null until its folder is made. */
  entry: z.string().nullable(),
  title: z.string(),
  state: z.enum(['starting', 'running', 'stopping', 'finished', 'interrupted', 'failed']),
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
  /** A sentence for a user's mistake; a bug's first line. */
  error: z.string().nullable(),
});

export const machineSchema = z.object({
  /** Share of all processors that is busy, 0 to 1. */
  load: z.number().min(0),
  processors: z.int().positive(),
  freeBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative(),
});

/**
 * Server-sent events by name; each `data:` is one JSON object.
 *
 * - `entry`: an entry is new or has changed.
 * - `removed`: an entry is gone.
 * - `job`: a job is new or has changed, at most four times a second each.
 * - `metrics`: lines that a training of this server or another process has added.
 * - `machine`: every two seconds.
 */
export const EVENT_NAMES = ['entry', 'removed', 'job', 'metrics', 'machine'] as const;

export type Choice = z.output<typeof choiceSchema>;
export type Form = z.output<typeof formSchema>;
export type SpectrumInput = z.output<typeof spectrumInputSchema>;
export type ForecastAnswer = z.output<typeof forecastSchema>;
export type Job = z.output<typeof jobSchema>;
export type Machine = z.output<typeof machineSchema>;
export type EventName = (typeof EVENT_NAMES)[number];
