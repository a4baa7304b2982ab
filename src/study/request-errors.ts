import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { nearMatches } from '../names.ts';

/**
 * What is wrong with a request, every offending key in one sentence.
 * @param known all keys of the request, for suggestions.
 */
export function refusal(error: z.ZodError, input: unknown, known: readonly string[]): UserError {
  const reasons = error.issues.map((issue) => explain(issue, input, known));
  return new UserError(`The request is not valid: ${reasons.join('; ')}.`);
}

function explain(issue: z.core.$ZodIssue, input: unknown, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .map((key) => `unknown key '${key}' (did you mean '${nearMatches(key, [...known], 1)[0]}'?)`)
      .join('; ');
  const key = issue.path.join('.');
  const found = issue.path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown>)?.[part],
    input,
  );
  return `'${key}': ${issue.message}, found ${JSON.stringify(found)}`;
}
