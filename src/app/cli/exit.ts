import { UserError } from '../../errors.ts';

/** A mistake in what was asked. */
export const USER_ERROR_EXIT_CODE = 2;
/** A bug. */
export const BUG_EXIT_CODE = 1;
/** What shells give for a program ended by Ctrl-C. */
export const INTERRUPTED_EXIT_CODE = 130;

/** Says what went wrong on standard error: one sentence for users' mistakes, a stack for bugs. @returns the exit code. */
export function reportError(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(`hesscope: ${error.message}\n`);
    return USER_ERROR_EXIT_CODE;
  }
  process.stderr.write(
    `hesscope: this is a bug, or the machine's fault; please report it with the text below.\n`,
  );
  process.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`);
  return BUG_EXIT_CODE;
}
