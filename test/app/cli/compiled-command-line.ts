/** Command lines as people run them: from compiled files, with computing processes that start from those too. */
import { compiledModule } from '../../compiled/compiled.ts';
import { type Printed, printedBy } from './command-line.ts';

type Program = typeof import('../../../src/app/cli/program.ts');

const { runCommandLine } = await compiledModule<Program>('app/cli/program.ts');

/** What `hesscope ARGS` prints and its exit code. */
export function hesscope(...args: readonly string[]): Promise<Printed> {
  return printedBy(runCommandLine, args);
}
