/** `hesscope report`: one HTML page over one or several runs. */
import { Command } from 'commander';
import { renderReport } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { writeAside } from '../runs/write.ts';

export function reportCommand(): Command {
  return new Command('report')
    .summary('one self-contained HTML page over one or several runs')
    .argument('<runs...>', 'run directories, compared side by side')
    .option('-o, --out <file>', 'the page', 'report.html')
    .addHelpText(
      'after',
      '\nExamples:\n  $ hesscope report runs/nano\n  $ hesscope report runs/gpt runs/mlp --out compare.html',
    )
    .action(async (paths: string[], { out }: { out: string }) => {
      const records = await Promise.all(paths.map((path) => readRun(path)));
      await writeAside(out, renderReport(records));
      process.stdout.write(`Report: ${out}\n`);
    });
}
