/** Why a file cannot be read, in a sentence. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { messageOf } from '../runs/failures.ts';

/** Whether an error says that a file does not hold what it should, and not that the program is wrong. */
export function isDamage(error: unknown): boolean {
  return error instanceof UserError || error instanceof SyntaxError || error instanceof z.ZodError;
}

/** The reason without a full stop. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  const [issue] = error.issues;
  const at = issue === undefined || issue.path.length === 0 ? 'the top' : issue.path.map(String).join('.');
  return `the record does not hold what it should: at ${at}: ${issue?.message ?? 'unknown'}`;
}
