/** `hesscope models`: what can be measured. */
import { Command } from 'commander';
import { MODEL_PRESETS } from '../../network/models/index.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .summary('list the model presets')
    .addHelpText('after', '\nExample:\n  $ hesscope models')
    .action(() => {
      const width = Math.max(...Object.keys(MODEL_PRESETS).map((name) => name.length));
      for (const [name, { summary, dataKind }] of Object.entries(MODEL_PRESETS))
        process.stdout.write(`${name.padEnd(width)}  ${summary} (${dataKind})\n`);
    });
}
