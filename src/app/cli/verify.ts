/** `hesscope verify`: every file of a run against its hash and against each other. */
import { Command } from 'commander';
import { verifyRun } from '../runs/verify.ts';
import { BUG_EXIT_CODE } from './exit.ts';

export function verifyCommand(): Command {
  return new Command('verify')
    .summary('check every file of a run against its hash')
    .argument('<run>', 'a run directory')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExample:\n  $ hesscope verify runs/nano\n\nExit code 1 when something is wrong.')
    .action(async (path: string, { json }: { json?: boolean }) => {
      const report = await verifyRun(path);
      if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else for (const step of report.steps) process.stdout.write(stepText(step));
      if (!json)
        process.stdout.write(
          report.sound ? 'All is as it was written.\n' : 'Something is wrong with this run.\n',
        );
      if (!report.sound) process.exitCode = BUG_EXIT_CODE;
    });
}

function stepText({
  name,
  checked,
  findings,
  notes,
}: Awaited<ReturnType<typeof verifyRun>>['steps'][number]): string {
  const head = `${findings.length === 0 ? '✔' : '✖'} ${name} (${checked} checked)`;
  return [head, ...findings.map((finding) => `    ${finding}`), ...notes.map((note) => `    note: ${note}`)]
    .join('\n')
    .concat('\n');
}
