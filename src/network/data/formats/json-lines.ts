/** JSON lines: one document a line, its text in a field (https://jsonlines.org). */
import { basename } from 'node:path';
import { UserError } from '../../../errors.ts';
import { parseJson } from '../../../json-text.ts';
import type { DataFormat } from '../format.ts';
import { linesOf } from '../lines.ts';
import { BETWEEN_DOCUMENTS, type TextSource } from '../text-source.ts';

/** The field that holds the text unless told otherwise. */
export const TEXT_FIELD = 'text';

export const JSON_LINES: DataFormat = {
  title: 'JSON lines',
  options: ['field'],
  matches: ({ path, isFolder }) => !isFolder && /\.(jsonl|ndjson)$/i.test(path),
  read: async ({ path }) => ({ kind: 'text', open: async ({ field }) => jsonLines(path, field) }),
};

/**
 * The texts of a file of JSON lines, an empty line between documents; empty lines of the file are passed over. Its
 * pieces throw a `UserError` that names the line when it is no JSON object or has no such text.
 */
export function jsonLines(path: string, field = TEXT_FIELD): TextSource {
  return {
    name: basename(path),
    description: `the "${field}" of the JSON lines ${path}`,
    async *pieces() {
      let isFirst = true;
      for await (const { text, number } of linesOf(path)) {
        if (text.trim() === '') continue;
        const document = textOf(text, field, `${path}, line ${number}`);
        yield isFirst ? document : `${BETWEEN_DOCUMENTS}${document}`;
        isFirst = false;
      }
    },
  };
}

function textOf(line: string, field: string, place: string): string {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    throw new UserError(
      `${place}: expected a JSON object, found text that does not parse (${(error as Error).message})`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(`${place}: expected a JSON object, found ${line.slice(0, 60)}`);
  const text = (value as Record<string, unknown>)[field];
  if (typeof text === 'string') return text;
  const fields = Object.keys(value).slice(0, 8).join(', ');
  throw new UserError(
    `${place}: expected text in the field "${field}", found ${JSON.stringify(text)?.slice(0, 60) ?? 'none'}; its fields are ${fields}: set 'field' to one with text`,
  );
}
