/** All commands, and what becomes of their errors. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../worker/environment.ts';
import { reportError, USER_ERROR_EXIT_CODE } from './exit.ts';

/** Commands by their names, in the order of the help. Each is loaded when it is needed: all of them together take a second. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  spectrum: async () => (await import('./spectrum.ts')).spectrumCommand(),
  worker: async () => (await import('./worker.ts')).workerCommand(),
  queue: async () => (await import('./queue.ts')).queueCommand(),
  advise: async () => (await import('./advise.ts')).adviseCommand(),
  plan: async () => (await import('./plan.ts')).planCommand(),
  train: async () => (await import('./train.ts')).trainCommand(),
  compare: async () => (await import('./compare.ts')).compareCommand(),
  figure: async () => (await import('./figure.ts')).figureCommand(),
  reproduce: async () => (await import('./reproduce.ts')).reproduceCommand(),
  exact: async () => (await import('./exact.ts')).exactCommand(),
  coupling: async () => (await import('./coupling.ts')).couplingCommand(),
  eigenpairs: async () => (await import('./eigenpairs.ts')).eigenpairsCommand(),
  trace: async () => (await import('./trace.ts')).traceCommand(),
  diagonal: async () => (await import('./diagonal.ts')).diagonalCommand(),
  quadratic: async () => (await import('./quadratic.ts')).quadraticCommand(),
  theory: async () => (await import('./theory.ts')).theoryCommand(),
  demo: async () => (await import('./demo.ts')).demoCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  verify: async () => (await import('./verify.ts')).verifyCommand(),
  models: async () => (await import('./models.ts')).modelsCommand(),
  inspect: async () => (await import('./inspect.ts')).inspectCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  data: async () => (await import('./data.ts')).dataCommand(),
  model: async () => (await import('./model.ts')).modelCommand(),
};

/**
 * Carries out one command line and leaves its exit code in `process.exitCode`; what goes wrong is said on standard
 * error, never thrown.
 *
 * @param args what follows `hesscope`.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    const program = await hesscopeCommand(neededFor(args));
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Commander has already said what was wrong with the options, or shown the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USER_ERROR_EXIT_CODE;
    else process.exitCode = reportError(error);
  }
}

/** The one command that is named, none for the version; undefined where all may be asked about. */
function neededFor([first]: readonly string[]): string[] | undefined {
  if (first === '--version' || first === '-V') return [];
  return first !== undefined && Object.hasOwn(COMMANDS, first) ? [first] : undefined;
}

/** The program. @param only names of the commands that are needed; all unless given. */
export async function hesscopeCommand(only = Object.keys(COMMANDS)): Promise<Command> {
  const program = new Command('hesscope')
    .description(
      "See a neural network's Hessian, block by block, and learn before training whether SGD will do.",
    )
    .version(await packageVersion())
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExamples:\n  $ hesscope demo\n  $ hesscope spectrum --model gpt-nano --data text.txt\n  $ hesscope spectrum --help',
    );
  const commands = await Promise.all(only.map((name) => (COMMANDS[name] as () => Promise<Command>)()));
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  throwOnExit(program);
  return program;
}

/** Errors of a command and of all below it are thrown, not ended with. */
function throwOnExit(command: Command): void {
  command.exitOverride();
  for (const below of command.commands) throwOnExit(below);
}
