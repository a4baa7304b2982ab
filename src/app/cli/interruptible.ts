/** Work in the process of a command that Ctrl-C ends after the part under way, and a second one at once. */
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { startProgressLine } from './progress-line.ts';

/** Shows how far the work has come. @returns false when it is to end. */
export type Tell = (text: string) => Promise<boolean>;

/**
 * Does work under a line of progress.
 *
 * @param title in front of each line.
 * @param silent shows nothing, for programs that read the result.
 */
export async function interruptible<Result>(
  title: string,
  silent: boolean,
  work: (tell: Tell) => Promise<Result>,
): Promise<Result> {
  let isStopped = false;
  const stop = () => {
    if (isStopped) process.exit(INTERRUPTED_EXIT_CODE);
    isStopped = true;
  };
  process.on('SIGINT', stop);
  const progress = startProgressLine(title, silent);
  try {
    return await work(async (text) => {
      progress.show(text);
      // Gives a signal its turn.
      await new Promise(setImmediate);
      return !isStopped;
    });
  } finally {
    progress.end();
    process.off('SIGINT', stop);
  }
}
