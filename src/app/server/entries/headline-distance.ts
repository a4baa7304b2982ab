/** JS0 of a run without reading all its distances: their matrices are most of the file. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { headlineDefinition } from '../../report/definitions.ts';
import type { Estimate } from '../../runs/records.ts';

/** JS0 by one definition. */
export interface HeadlineDistance extends Estimate {
  readonly noiseFloor: number | null;
}

const js0Schema = z.object({ mean: z.number(), standardError: z.number().nonnegative().nullable() });
const distanceSchema = z.object({
  definition: z.string(),
  js0: js0Schema,
  noiseFloor: z.number().nullable(),
});
const fileSchema = z.object({ definitions: z.array(distanceSchema) });

/** As `hesscope` writes it; keys in this order, one a line. */
const NAME = /"definition": ("[^"\n]*")/g;
const FACTS = /"js0": (\{[^{}]*\}),\s+"js0WholeMatrix": [^,]+,\s+"noiseFloor": ([^\s}]+)/g;

/**
 * JS0 by the headline definition, from `distances.json`; null where no definition is among those that models are
 * compared by.
 *
 * @throws Error for what is no file of distances.
 */
export function readHeadlineDistance(path: string): HeadlineDistance | null {
  // Every byte one character: what is looked for is ASCII, and this is quicker to make.
  const text = readFileSync(path).toString('latin1');
  const distances = distancesBetweenMatrices(text) ?? fileSchema.parse(JSON.parse(text)).definitions;
  const headline = headlineDefinition([distances.map(({ definition }) => definition)]);
  const found = distances.find(({ definition }) => definition === headline);
  return found ? { ...found.js0, noiseFloor: found.noiseFloor } : null;
}

/** What stands before and after each matrix; null when the text is not laid out as it is written. */
function distancesBetweenMatrices(text: string): z.output<typeof distanceSchema>[] | null {
  const names = [...text.matchAll(NAME)];
  const facts = [...text.matchAll(FACTS)];
  if (names.length === 0 || names.length !== facts.length) return null;
  try {
    return names.map(([, name], index) => {
      const [, js0, noiseFloor] = facts[index] as RegExpExecArray;
      return distanceSchema.parse({
        definition: JSON.parse(name as string),
        js0: JSON.parse(js0 as string),
        noiseFloor: JSON.parse(noiseFloor as string),
      });
    });
  } catch {
    return null;
  }
}
