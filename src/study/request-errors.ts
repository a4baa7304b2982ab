import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { shown } from '../json-text.ts';
import { nearMatches } from '../names.ts';

/** More would only hide the first ones. */
const MOST_REASONS = 10;

/**
 * What is wrong with a request, every offending key in one sentence.
 * @param known all keys of the request, for suggestions.
 */
export function refusal(error: z.ZodError, input: unknown, known: readonly string[]): UserError {
  const reasons = error.issues.slice(0, MOST_REASONS).map((issue) => explain(issue, input, known));
  const rest = error.issues.length - reasons.length;
  if (rest > 0) reasons.push(`and ${rest} more`);
  return new UserError(`The request is not valid: ${reasons.join('; ')}.`);
}

function explain(issue: z.core.$ZodIssue, input: unknown, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, MOST_REASONS)
      .map(
        (key) => `unknown key '${key.slice(0, 80)}' (did you mean '${nearMatches(key, [...known], 1)[0]}'?)`,
      )
      .join('; ');
  const key = issue.path.join('.');
  const found = issue.path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown>)?.[part],
    input,
  );
  return `'${key}': ${issue.message}, found ${shown(found, 200)}`;
}
