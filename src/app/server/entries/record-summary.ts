/** The lines of the list that stand for what commands other than `spectrum` and `train` leave behind. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../json-text.ts';
import type { EntryKind } from '../contract/entries.ts';
import type { FoundFolder } from './discover.ts';
import { REPRODUCTION_FILE, REPRODUCTION_PAGE, type RecordFile, STAGES_FILE } from './kinds.ts';
import type { RecordedSummary } from './run-line.ts';

/** What a line says of a record; what is of no single model leaves it out. */
interface Facts {
  readonly kind: EntryKind;
  readonly title: string;
  readonly model?: string;
  readonly data?: string;
  readonly parameterCount?: number;
  readonly loss?: number;
}

type Describe = (value: unknown) => Facts;

const matrix = z.object({
  model: z.string(),
  data: z.string(),
  parameterCount: z.number(),
  loss: z.number(),
  dim: z.number().optional(),
});

/** How a record is told in a line, by its file. */
const DESCRIPTIONS: Readonly<Record<string, Describe>> = {
  'comparison.json': (value) => {
    const { request } = z
      .object({ request: z.object({ model: z.string(), optimizers: z.array(z.string()) }) })
      .parse(value);
    const title = `${request.model}: ${new Intl.ListFormat('en').format(request.optimizers)} compared`;
    return { kind: 'comparison', title, model: request.model };
  },
  [STAGES_FILE]: (value) => {
    const { model, stages } = z
      .object({
        model: z.string(),
        stages: z.array(z.looseObject({ leastEigenvalue: z.number().optional() })),
      })
      .parse(value);
    const isExact = stages.some(({ leastEigenvalue }) => leastEigenvalue !== undefined);
    const title = `${model} along its training, ${stages.length} stages${isExact ? ', exact' : ''}`;
    return { kind: isExact ? 'exact-stages' : 'stages', title, model };
  },
  'exact.json': (value) => {
    const { dim, ...facts } = matrix.parse(value);
    const rows = dim === undefined ? '' : ` of ${dim.toLocaleString('en')} rows`;
    return { kind: 'exact', title: `${facts.model}, exact matrix${rows}`, ...facts };
  },
  'coupling.json': (value) => {
    const { dim: _, ...facts } = matrix.parse(value);
    return { kind: 'coupling', title: `${facts.model}, coupling of its blocks`, ...facts };
  },
  'quadratic.json': (value) => {
    const { contests } = z.object({ contests: z.array(z.object({ title: z.string() })) }).parse(value);
    return {
      kind: 'quadratic',
      title: `Quadratic problems: ${contests.map(({ title }) => title).join(', ')}`,
    };
  },
  'theory.json': (value) => {
    const { checks } = z.object({ checks: z.array(z.object({ title: z.string() })) }).parse(value);
    const [first] = checks;
    const what = checks.length === 1 ? first?.title : `${checks.length} statements`;
    return { kind: 'theory', title: `The theory, tried with numbers: ${what}` };
  },
  'figure.json': (value) => {
    const { title, quick } = z.object({ title: z.string(), quick: z.string().nullable() }).parse(value);
    return { kind: 'figure', title: quick === null ? title : `${title} (quick)` };
  },
};

/** @throws Error when the record does not have the fields that its line needs, or is not JSON. */
export async function recordSummary(folder: FoundFolder, recordFile: RecordFile): Promise<RecordedSummary> {
  const place = join(folder.path, recordFile);
  const facts =
    recordFile === REPRODUCTION_PAGE
      ? await reproductionFacts(folder.path)
      : (DESCRIPTIONS[recordFile] as Describe)(parseJson(await readFile(place, 'utf8')));
  // Records are written once, when all is done.
  const { birthtimeMs, mtimeMs, mtime } = await stat(place);
  const createdAt = birthtimeMs > 0 ? new Date(Math.min(birthtimeMs, mtimeMs)) : mtime;
  return {
    status: 'finished',
    model: null,
    data: null,
    parameterCount: null,
    loss: null,
    js0: null,
    elapsedMs: null,
    createdAt: createdAt.toISOString(),
    updatedAt: mtime.toISOString(),
    ...facts,
  };
}

const partSchema = z.looseObject({ size: z.string() });

async function reproductionFacts(path: string): Promise<Facts> {
  const parts = await readParts(path);
  const size = parts[0]?.record.size;
  const count = parts.length === 1 ? '1 figure or table' : `${parts.length} figures and tables`;
  return {
    kind: 'reproduction',
    title: `The paper reproduced: ${count}${size === undefined || size === 'small' ? '' : ` (${size})`}`,
  };
}

/** A figure or table of a reproduction: its folder's name and its record. */
export interface ReproductionPart {
  readonly name: string;
  readonly record: z.output<typeof partSchema>;
}

/** All figures and tables that a reproduction has made so far, in the paper's order: figures, then tables. */
export async function readParts(path: string): Promise<ReproductionPart[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const parts = await Promise.all(names.map((name) => readPart(path, name)));
  return parts
    .filter((part) => part !== null)
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

async function readPart(path: string, name: string): Promise<ReproductionPart | null> {
  const text = await readFile(join(path, name, REPRODUCTION_FILE), 'utf8').catch(() => null);
  return text === null ? null : { name, record: partSchema.parse(parseJson(text)) };
}
