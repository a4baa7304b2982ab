/** JSON that a command has kept for itself, to go on from or to judge later. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { errorCode } from './failures.ts';

/** What a field holds. */
export type FieldKind = 'list' | 'object' | 'number' | 'string';

/**
 * Reads a file that hesscope has written.
 *
 * @param fields that are read of it, with what they hold.
 * @returns null where there is no such file.
 * @throws UserError for one that is damaged, saying that it is made again once it is gone.
 */
export async function readKeptRecord<Value extends object>(
  path: string,
  fields: { readonly [Field in keyof Value]?: FieldKind },
): Promise<Value | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw new UserError(`'${path}' cannot be read: ${(error as Error).message}`);
  });
  if (text === null) return null;
  const damage = (what: string) =>
    new UserError(`'${path}' is damaged: ${what}; remove it, and it is made again`);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw damage(`it is not JSON (${(error as Error).message})`);
  }
  if (kindOf(value) !== 'object') throw damage(`expected an object, found ${kindOf(value)}`);
  for (const [field, expected] of Object.entries(fields)) {
    const found = Object.hasOwn(value as object, field)
      ? kindOf((value as Value)[field as keyof Value])
      : 'nothing';
    if (found !== expected) throw damage(`expected '${field}' to be ${expected}, found ${found}`);
  }
  return value as Value;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}
