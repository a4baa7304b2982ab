/** `hesscope demo`: what `npm start` runs. The paper's MLP and a small GPT side by side, on data that come with hesscope. */
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { parseSpectrumRequest, type SpectrumRequestInput } from '../../study/spectrum/request.ts';
import { jsZeroTableText, renderReport } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { RUNS_FOLDER, runName } from '../runs/layout.ts';
import type { RunRecord } from '../runs/records.ts';
import { writeAside } from '../runs/write.ts';
import { type Dashboard, startDashboard } from '../server/server.ts';
import { startJob } from '../worker/host.ts';
import type { JobEvent } from '../worker/protocol.ts';
import { hasScreen, openBrowser, serveUntilInterrupted } from './browser.ts';
import { reportError } from './exit.ts';
import { followJob, reportInterruption } from './follow-job.ts';
import { DEFAULT_HOST, DEFAULT_PORT } from './serve.ts';

/** Sized to take less than two minutes together on two cores; the quick one first, so that there is soon something to see. */
export const DEMO_SUBJECTS: readonly SpectrumRequestInput[] = [
  { model: 'mlp', data: 'digits', batch: 128 },
  { model: 'gpt-pico', data: 'moby-dick', batch: 4 },
];

export function demoCommand(): Command {
  return new Command('demo')
    .summary('the MLP and a small GPT side by side, in under two minutes')
    .description(
      'Measures the 4-layer MLP of the paper on MNIST digits and a small GPT on Moby Dick, both embedded, and writes one report that compares them. Where there is a screen, the dashboard opens in the browser, shows them as they come, and stays until Ctrl-C.',
    )
    .option('-o, --out <folder>', `where the runs go (default: ${RUNS_FOLDER}/<time>-demo)`)
    .option('--page', 'open the dashboard, also where there seems to be no screen')
    .option('--no-page', 'end when the report is written')
    .addHelpText(
      'after',
      '\nExamples:\n  $ hesscope demo --out runs/demo\n  $ hesscope demo --no-page\n      the runs and the report, no browser',
    )
    .action(runDemo);
}

async function runDemo(options: { out?: string; page?: boolean }): Promise<void> {
  const folder = options.out ?? join(RUNS_FOLDER, runName('demo', new Date()));
  const hasPage = options.page ?? hasScreen(process.env, process.platform);
  const page = hasPage ? await openPage(folder) : null;
  // Whatever becomes of the runs: a page that is still served would keep the command from ending.
  const isDone = await measureAndCompare(folder, page).catch(async (error: unknown) => {
    await page?.close();
    throw error;
  });
  if (!page) return;
  if (!isDone) return page.close();
  process.stdout.write(`Dashboard: ${page.url}\nCtrl-C ends it.\n`);
  await serveUntilInterrupted(page);
}

/** Runs, report and what it says in short. @returns false when it was interrupted. */
async function measureAndCompare(folder: string, page: Dashboard | null): Promise<boolean> {
  const records = await measureSubjects(folder, page);
  if (!records) return false;
  const report = join(folder, 'report.html');
  await writeAside(report, renderReport(records, { title: 'The MLP and a small GPT' }));
  const tables = records.map((record) => `${record.run.model.name}\n${jsZeroTableText(record)}`);
  process.stdout.write(`${tables.join('\n\n')}\n\nReport: ${report}\n`);
  return true;
}

/** The dashboard over the runs folder that the demo's folder lies in. */
async function openPage(folder: string): Promise<Dashboard> {
  const page = await startDashboard({
    folder: dirname(resolve(folder)),
    host: DEFAULT_HOST,
    port: DEFAULT_PORT,
    mayMove: true,
    token: null,
    onBug: reportError,
  });
  process.stderr.write(`Dashboard: ${page.url}\n`);
  return page;
}

/** Null when it was interrupted. The browser is opened at the first run, which fills up before the reader's eyes. */
async function measureSubjects(folder: string, page: Dashboard | null): Promise<RunRecord[] | null> {
  const records: RunRecord[] = [];
  for (const subject of DEMO_SUBJECTS) {
    const request = parseSpectrumRequest(subject);
    const { model, data } = request;
    const path = join(folder, model);
    const address = `${page?.url}runs/${[basename(folder), model].map(encodeURIComponent).join('/')}`;
    const show = (event: JobEvent) => {
      if (event.type === 'opened' && page && records.length === 0) void openBrowser(address);
    };
    const outcome = await followJob(
      `${model} on ${data}`,
      (onEvent) =>
        startJob({ request, place: { path }, report: true }, (event) => {
          show(event);
          onEvent(event);
        }),
      false,
    );
    if (outcome.type === 'interrupted') {
      reportInterruption(outcome.path);
      return null;
    }
    records.push(await readRun(path));
  }
  return records;
}
