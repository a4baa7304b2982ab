/** What the server tells while a page is open. */
import { z } from 'zod';
import { entrySummarySchema, metricSchema } from './entries.ts';
import { jobSchema, machineSchema } from './jobs.ts';

/**
 * Server-sent events by name; each `data:` is one JSON object of this form.
 *
 * - `entry`: an entry is new or has changed. A measurement under way changes about once a second.
 * - `removed`: an entry is gone.
 * - `job`: a job is new or has changed, at most four times a second each.
 * - `metrics`: lines that a training of this server or another process has added.
 * - `machine`: every two seconds.
 *
 * A client that does not read is cut off and may come again; it then reads the lists anew.
 */
export const eventSchemas = {
  entry: entrySummarySchema,
  removed: z.object({ id: z.string() }),
  job: jobSchema,
  metrics: z.object({
    /** Of the training. */
    entry: z.string(),
    lines: z.array(metricSchema),
    /** Whether these lines are all that there are, and those known before are to be forgotten: after a resumption. */
    isWhole: z.boolean(),
  }),
  machine: machineSchema,
};

export const EVENT_NAMES = ['entry', 'removed', 'job', 'metrics', 'machine'] as const;

export type EventName = (typeof EVENT_NAMES)[number];
export type EventData<Name extends EventName> = z.output<(typeof eventSchemas)[Name]>;
