/** `hesscope models`: what can be measured. */
import { Command } from 'commander';
import { describeOptions, MODEL_PRESETS } from '../../network/models/index.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .summary('list the model presets')
    .addHelpText('after', '\nExample:\n  $ hesscope models')
    .option('--options', 'with the options of each, which spectrum takes as --set option=value')
    .action(({ options }: { options?: boolean }) => {
      const width = Math.max(...Object.keys(MODEL_PRESETS).map((name) => name.length));
      for (const [name, preset] of Object.entries(MODEL_PRESETS)) {
        const lines = [
          `${name.padEnd(width)}  ${preset.summary} (${preset.dataKind})`,
          ...(options ? describeOptions(preset).map((option) => `${' '.repeat(width + 4)}${option}`) : []),
        ];
        process.stdout.write(`${lines.join('\n')}\n`);
      }
    });
}
