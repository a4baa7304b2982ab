/** All commands, and what becomes of their errors. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../worker/environment.ts';
import { adviseCommand } from './advise.ts';
import { compareCommand } from './compare.ts';
import { couplingCommand } from './coupling.ts';
import { dataCommand } from './data.ts';
import { demoCommand } from './demo.ts';
import { diagonalCommand } from './diagonal.ts';
import { eigenpairsCommand } from './eigenpairs.ts';
import { exactCommand } from './exact.ts';
import { reportError, USER_ERROR_EXIT_CODE } from './exit.ts';
import { exportCommand } from './export.ts';
import { figureCommand } from './figure.ts';
import { inspectCommand } from './inspect.ts';
import { modelCommand } from './model.ts';
import { modelsCommand } from './models.ts';
import { planCommand } from './plan.ts';
import { quadraticCommand } from './quadratic.ts';
import { reportCommand } from './report.ts';
import { reproduceCommand } from './reproduce.ts';
import { serveCommand } from './serve.ts';
import { spectrumCommand } from './spectrum.ts';
import { theoryCommand } from './theory.ts';
import { traceCommand } from './trace.ts';
import { trainCommand } from './train.ts';
import { verifyCommand } from './verify.ts';

/**
 * Carries out one command line and leaves its exit code in `process.exitCode`; what goes wrong is said on standard
 * error, never thrown.
 *
 * @param args what follows `hesscope`.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    const program = await hesscopeCommand();
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Commander has already said what was wrong with the options, or shown the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USER_ERROR_EXIT_CODE;
    else process.exitCode = reportError(error);
  }
}

/** The program with all its commands. */
export async function hesscopeCommand(): Promise<Command> {
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
  const commands = [
    spectrumCommand(),
    adviseCommand(),
    planCommand(),
    trainCommand(),
    compareCommand(),
    figureCommand(),
    reproduceCommand(),
    exactCommand(),
    couplingCommand(),
    eigenpairsCommand(),
    traceCommand(),
    diagonalCommand(),
    quadraticCommand(),
    theoryCommand(),
    demoCommand(),
    serveCommand(),
    reportCommand(),
    verifyCommand(),
    modelsCommand(),
    inspectCommand(),
    exportCommand(),
    dataCommand(),
    modelCommand(),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  throwOnExit(program);
  return program;
}

/** Errors of a command and of all below it are thrown, not ended with. */
function throwOnExit(command: Command): void {
  command.exitOverride();
  for (const below of command.commands) throwOnExit(below);
}
