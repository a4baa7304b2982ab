/** JSON values of which a part is not what it should be. */
import fc from 'fast-check';

/** A text of JSON, and in words what was done to the value that it was. */
export interface JsonMutant {
  readonly text: string;
  readonly how: string;
}

/** Deeper than any stack: what walks a value by calling itself ends here. */
export const DEEP = 100_000;

/** The text of lists within lists. */
export const deepList = (depth = DEEP) => '['.repeat(depth) + ']'.repeat(depth);

/** The text of objects within objects. */
export const deepObject = (depth = DEEP) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Keys that reach the prototypes of objects. */
export const PROTOTYPE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
] as const;

/** What stands in place of a part, as text: JSON can write numbers that JavaScript reads as infinite. */
const PARTS = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '0.5',
  '2147483648',
  '4294967296',
  '9007199254740992',
  '9223372036854775808',
  '1e308',
  '1e999',
  '-1e999',
  '""',
  '"\\u0000"',
  '"../../etc/passwd"',
  '"__proto__"',
  '"constructor"',
  '[]',
  '[null]',
  '{}',
  '{"__proto__": {"polluted": true}}',
  '{"constructor": {"prototype": {"polluted": true}}}',
  deepList(),
  deepObject(),
];

/** The places of a value: all that lie in it, by the keys that lead there. */
function pathsIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) => pathsIn(part, [...path, key]))
      : [];
  return [path, ...inner];
}

/** The value as text with one place replaced by a text, or left out where that is null; other keys may be added. */
function withPart(
  value: unknown,
  path: readonly (string | number)[],
  part: string | null,
  added: string | null,
): string {
  if (path.length === 0) {
    if (part !== null) return part;
    if (added === null || typeof value !== 'object' || value === null || Array.isArray(value))
      return JSON.stringify(value);
    const inner = JSON.stringify(value).slice(1, -1);
    return `{${JSON.stringify(added)}: {"polluted": true}${inner === '' ? '' : `, ${inner}`}}`;
  }
  const [key, ...rest] = path;
  const parts = Object.entries(value as object).flatMap(([name, inner]) => {
    if (name !== key) return [[name, JSON.stringify(inner)] as const];
    if (rest.length === 0 && part === null && added === null) return [];
    return [[name, withPart(inner, rest, part, added)] as const];
  });
  if (Array.isArray(value)) return `[${parts.map(([, text]) => text).join(',')}]`;
  return `{${parts.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/** Texts of values in which one place holds something else, is missing, or has a key too many. */
export function jsonMutantsOf(originals: readonly unknown[]): fc.Arbitrary<JsonMutant> {
  return fc.constantFrom(...originals).chain((original) => {
    const paths = fc.constantFrom(...pathsIn(original));
    const replaced = fc.tuple(paths, fc.constantFrom(...PARTS)).map(([path, part]) => ({
      text: withPart(original, path, part, null),
      how: `${path.join('.') || 'the whole'} replaced by ${part.slice(0, 60)}`,
    }));
    const left = paths.map((path) => ({
      text: withPart(original, path, null, null),
      how: `${path.join('.')} left out`,
    }));
    const added = fc.tuple(paths, fc.constantFrom(...PROTOTYPE_KEYS)).map(([path, key]) => ({
      text: withPart(original, path, null, key),
      how: `the key ${key} added to ${path.join('.') || 'the whole'}`,
    }));
    return fc.oneof(
      { arbitrary: replaced, weight: 4 },
      { arbitrary: left, weight: 1 },
      { arbitrary: added, weight: 1 },
    );
  });
}
