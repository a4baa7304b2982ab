#!/usr/bin/env node
/** The command `hesscope`. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../worker/environment.ts';
import { demoCommand } from './demo.ts';
import { reportError, USER_ERROR_EXIT_CODE } from './exit.ts';
import { modelsCommand } from './models.ts';
import { reportCommand } from './report.ts';
import { spectrumCommand } from './spectrum.ts';
import { verifyCommand } from './verify.ts';

const commands = [spectrumCommand(), demoCommand(), reportCommand(), verifyCommand(), modelsCommand()];

async function main(): Promise<void> {
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
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has already said what was wrong with the options, or shown the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USER_ERROR_EXIT_CODE;
    else process.exitCode = reportError(error);
  }
}

await main();
