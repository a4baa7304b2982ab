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

/**
 * Ends the process when nobody reads what it prints any more, as after `| head`: without a word, and with the exit code
 * that it has by then. A computing child saves its work and ends when its parent does.
 *
 * @throws what else goes wrong with the stream.
 */
export function endQuietlyWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
