/** `hesscope demo`: what `npm start` runs. A small GPT and the paper's MLP side by side, on data that come with hesscope. */
import { join } from 'node:path';
import { Command } from 'commander';
import { parseSpectrumRequest, type SpectrumRequestInput } from '../../study/spectrum/request.ts';
import { jsZeroTableText, renderReport } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { runName } from '../runs/layout.ts';
import type { RunRecord } from '../runs/records.ts';
import { writeAside } from '../runs/write.ts';
import { startJob } from '../worker/host.ts';
import { followJob, reportInterruption } from './follow-job.ts';
import { RUNS_FOLDER } from './spectrum.ts';

/** Sized to take less than two minutes together on two cores. */
export const DEMO_SUBJECTS: readonly SpectrumRequestInput[] = [
  { model: 'gpt-pico', data: 'moby-dick', batch: 4 },
  { model: 'mlp', data: 'digits', batch: 128 },
];

export function demoCommand(): Command {
  return new Command('demo')
    .summary('a small GPT and the MLP side by side, in under two minutes')
    .description(
      'Measures a small GPT on Moby Dick and the 4-layer MLP of the paper on MNIST digits, both embedded, and writes one report that compares them.',
    )
    .option('-o, --out <folder>', `where the runs go (default: ${RUNS_FOLDER}/<time>-demo)`)
    .addHelpText('after', '\nExample:\n  $ hesscope demo --out runs/demo')
    .action(runDemo);
}

async function runDemo(options: { out?: string }): Promise<void> {
  const folder = options.out ?? join(RUNS_FOLDER, runName('demo', new Date()));
  const records: RunRecord[] = [];
  for (const subject of DEMO_SUBJECTS) {
    const request = parseSpectrumRequest(subject);
    const path = join(folder, request.model);
    const outcome = await followJob(
      `${request.model} on ${request.data}`,
      (onEvent) => startJob({ request, place: { path }, report: true }, onEvent),
      false,
    );
    if (outcome.type === 'interrupted') {
      reportInterruption(outcome.path);
      return;
    }
    records.push(await readRun(path));
  }
  const report = join(folder, 'report.html');
  await writeAside(report, renderReport(records, { title: 'A small GPT and an MLP' }));
  const tables = records.map((record) => `${record.run.model.name}\n${jsZeroTableText(record)}`);
  process.stdout.write(`${tables.join('\n\n')}\n\nReport: ${report}\n`);
}
