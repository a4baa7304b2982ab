/** JS0 of a run without reading all its distances: their matrices are most of the file. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../../../json-text.ts';
import { headlineDefinition } from '../../report/definitions.ts';
import type { Estimate } from '../../runs/records.ts';

/** JS0 by one definition. */
export interface HeadlineDistance extends Estimate {
  readonly noiseFloor: number | null;
}

const js0Schema = z.object({ mean: z.number(), standardError: z.number().nonnegative().nullable() });
const noiseFloorSchema = z.number().nullable();
const distanceSchema = z.object({
  definition: z.string(),
  js0: js0Schema,
  noiseFloor: noiseFloorSchema,
});
const fileSchema = z.object({ definitions: z.array(distanceSchema) });

/** What `hesscope` writes before a definition's name, and after its matrix: keys in this order, one a line. */
const NAME = '"definition": ';
const FACTS_BEGIN = '"js0": {';
const FACTS = /^"js0": (\{[^{}]*\}),\s+"js0WholeMatrix": [^,]+,\s+"noiseFloor": ([^\s}]+)/;
/** More than a name, or the facts after a matrix, take. */
const LONGEST = 400;

/**
 * JS0 by the headline definition, from `distances.json`; null where no definition is among those that models are
 * compared by.
 *
 * @throws Error for what is no file of distances.
 */
export function readHeadlineDistance(path: string): HeadlineDistance | null {
  const bytes = readFileSync(path);
  const found = betweenMatrices(bytes);
  if (found) return found;
  const distances = fileSchema.parse(parseJson(bytes.toString())).definitions;
  const headline = headlineDefinition([distances.map(({ definition }) => definition)]);
  const distance = distances.find(({ definition }) => definition === headline);
  return distance ? { ...distance.js0, noiseFloor: distance.noiseFloor } : null;
}

/** Reads what stands after the matrix of the headline definition; null when the file is not laid out as it is written. */
function betweenMatrices(bytes: Buffer): HeadlineDistance | null {
  try {
    const starts = positionsOf(NAME, bytes);
    const names = starts.map((start) => nameAt(bytes, start + NAME.length));
    const headline = headlineDefinition([names]);
    const position = headline === null ? -1 : names.indexOf(headline);
    const begin = bytes.indexOf(FACTS_BEGIN, starts[position] ?? bytes.length);
    if (begin < 0 || begin > (starts[position + 1] ?? bytes.length)) return null;
    const [, js0, noiseFloor] = FACTS.exec(bytes.toString('utf8', begin, begin + LONGEST)) ?? [];
    if (js0 === undefined || noiseFloor === undefined) return null;
    return {
      ...js0Schema.parse(parseJson(js0)),
      noiseFloor: noiseFloorSchema.parse(parseJson(noiseFloor)),
    };
  } catch {
    return null;
  }
}

function positionsOf(text: string, bytes: Buffer): number[] {
  const positions: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) positions.push(at);
  return positions;
}

/** The JSON text that begins at a position. */
function nameAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf('"', start + 1) + 1;
  return parseJson(bytes.toString('utf8', start, Math.min(end, start + LONGEST))) as string;
}
