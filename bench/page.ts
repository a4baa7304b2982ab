/** Composes docs/performance.md from the results of all benchmarks: `npm run docs:performance`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeAside } from '../src/app/runs/write.ts';
import type { CurvesResults } from './curves/results.ts';
import { curvesSection } from './curves/section.ts';
import type { DashboardResults } from './dashboard/results.ts';
import { dashboardSection } from './dashboard/section.ts';
import type { BenchEnvironment } from './environment.ts';
import type { PeersResults } from './peers/results.ts';
import { peersSection } from './peers/section.ts';
import type { PrecisionResults } from './precision/results.ts';
import { precisionSection } from './precision/section.ts';
import type { ProfileResults } from './profile/results.ts';
import { profileSection } from './profile/section.ts';
import type { RunsResults } from './runs/results.ts';
import { runsSection } from './runs/section.ts';
import type { StepSplitResults } from './step-split/results.ts';
import { stepSplitSection } from './step-split/section.ts';
import type { VectorResults } from './vectors/results.ts';
import { vectorsSection } from './vectors/section.ts';
import type { ForeseenResults, WorkersResults } from './workers/results.ts';
import { foreseenSection, workersSection } from './workers/section.ts';

const PAGE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

const [peers, runs, profile, curves, precision, stepSplit, vectors, dashboard, workers, foreseen] =
  await Promise.all([
    resultsOf<PeersResults>('peers'),
    resultsOf<RunsResults>('runs'),
    resultsOf<ProfileResults>('profile'),
    resultsOf<CurvesResults>('curves'),
    resultsOf<PrecisionResults>('precision'),
    resultsOf<StepSplitResults>('step-split'),
    resultsOf<VectorResults>('vectors'),
    resultsOf<DashboardResults>('dashboard'),
    resultsOf<WorkersResults>('workers'),
    resultsOf<ForeseenResults>('foreseen'),
  ]);

const sections = [
  '# Performance',
  '',
  'Written by `npm run docs:performance` from the results in `bench/results`; each section names the command that measures it. Times compare only within one section, which was measured in one go on one machine.',
  '',
  peersSection(peers),
  '',
  runsSection(runs),
  '',
  profileSection(profile),
  measuredOn(profile.environment),
  '',
  curvesSection(curves),
  measuredOn(curves.environment),
  '',
  stepSplitSection(stepSplit),
  measuredOn(stepSplit.environment),
  '',
  vectorsSection(vectors),
  measuredOn(vectors.environment),
  '',
  precisionSection(precision),
  measuredOn(precision.environment),
  '',
  workersSection(workers),
  measuredOn(workers.environment),
  '',
  foreseenSection(foreseen),
  measuredOn(foreseen.environment),
  '',
  dashboardSection(dashboard),
  measuredOn(dashboard.environment),
];
await writeAside(PAGE, `${sections.join('\n')}\n`);

async function resultsOf<Results>(name: string): Promise<Results> {
  return JSON.parse(await readFile(placeOf(name), 'utf8')) as Results;
}

function placeOf(name: string): URL {
  return new URL(`./results/${name}.json`, import.meta.url);
}

function measuredOn({ date, processor, cores, node, onnxRuntime, hesscope }: BenchEnvironment): string {
  return `\nMeasured on ${date}: ${processor}, ${cores} cores, Node ${node}, ONNX Runtime ${onnxRuntime}, hesscope ${hesscope}.`;
}
