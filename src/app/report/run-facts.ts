/** What was run, and what of it is not there yet. */
import { curvatureTitle } from '../../curvature/products/index.ts';
import type { RunFile, RunRecord } from '../runs/records.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';

/** Settings of a request that a reader asks for first, with their headings. */
const SETTINGS: readonly (readonly [key: string, heading: string])[] = [
  ['probes', 'Probes'],
  ['steps', 'Lanczos steps'],
  ['tolerance', 'Tolerance'],
  ['seed', 'Seed'],
  ['precision', 'Precision'],
  ['device', 'Device'],
];

/** A setting as it stands in a request. */
export function settingText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** Name, size and options of a model. */
export function modelText({ name, parameterCount, options = {} }: RunRecord['run']['model']): string {
  const settings = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  return [name, `${formatCount(parameterCount)} parameters`, ...settings].join(', ');
}

/** Headings and texts of what was run: model, data, settings, time, environment. */
export function factsOf(record: RunRecord): [string, string][] {
  const { run, blocks, spectra } = record;
  const selected = blocks.filter((block) => block.selected).length;
  const done = spectra?.blocks.length ?? 0;
  const batches = run.data.microBatches > 1 ? `${run.data.microBatches} micro-batches of ` : '';
  const facts: [string, string][] = [
    ['Model', [modelText(run.model), ...(run.model.notes ?? [])].join('. ')],
    ['Blocks', `${done} measured of ${selected} asked for, ${run.model.blockCount} in the model`],
    ['Data', `${run.data.description} (${batches}${formatCount(run.data.examplesPerBatch)} examples)`],
  ];
  facts.push(['Matrix', curvatureTitle(run.request.curvature)]);
  if (run.loss !== null) facts.push(['Loss', formatNumber(run.loss, 5)]);
  for (const [key, heading] of SETTINGS) {
    if (run.request[key] !== undefined) facts.push([heading, settingText(run.request[key])]);
  }
  facts.push(['Hessian products', formatCount(run.products)]);
  const planned = run.plan ? ` (planned ${formatDuration(run.plan.estimatedMs)})` : '';
  facts.push(['Time', `${formatDuration(run.elapsedMs)}${planned}${outsideRuntime(run)}`]);
  if (run.plan) facts.push(['Planned memory', formatBytes(run.plan.estimatedBytes)]);
  if (run.selfCheck) {
    const repeat = run.selfCheck.repeatable ? 'repeats bit for bit' : 'does not repeat bit for bit';
    facts.push([
      'Self-check',
      `⟨u, Hv⟩ and ⟨Hu, v⟩ agree to ${formatNumber(run.selfCheck.symmetryError, 2)}; ${repeat}`,
    ]);
  }
  if (spectra)
    facts.push([
      'Smoothing for distances',
      `${spectra.density.sigmaRule}, ${formatCount(spectra.density.gridPoints)} grid points`,
    ]);
  facts.push(['Started', startedText(run)]);
  facts.push(['Environment', environmentText(run)]);
  return facts;
}

/** When a run began, to the second. */
export function startedText({ createdAt }: RunFile): string {
  return createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}

/** Versions, processor and threads. */
export function environmentText({ environment }: RunFile): string {
  return Object.entries(environment)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** What is not there and what becomes of it, each as a sentence; empty for a finished run that has everything. */
export function missingOf(record: RunRecord): string[] {
  const sentences = gapsOf(record);
  const { status } = record.run;
  if (status === 'running') sentences.push('The run goes on; make the report again when it has finished.');
  if (status === 'interrupted') sentences.push('The run was interrupted; resume it to measure the rest.');
  return sentences;
}

/** What is not there, each as a sentence. */
export function gapsOf(record: RunRecord): string[] {
  const { run, blocks, spectra, distances } = record;
  const sentences: string[] = [];
  if (run.status === 'failed') sentences.push(`The run failed: ${run.error ?? 'no reason was recorded'}.`);
  if (spectra === null) {
    sentences.push('No spectrum is known yet.');
  } else {
    const done = new Set(spectra.blocks.map((spectrum) => spectrum.name));
    const open = blocks.filter((block) => block.selected && !done.has(block.name)).length;
    if (open > 0) sentences.push(`${open} of ${open + done.size} blocks have no spectrum yet.`);
    if (spectra.full === null && run.status !== 'finished')
      sentences.push('The spectrum of the whole Hessian is not known.');
  }
  if (distances === null) {
    const tooFew = run.status === 'finished' && (spectra?.blocks.length ?? 0) < 2;
    const why = tooFew ? 'Distances take at least two blocks' : 'Distances between blocks are not known';
    sentences.push(`${why}, so there is no JS0 and no heat map.`);
  }
  return sentences;
}

/** What is not the runtime's: Lanczos, files, compiling. */
function outsideRuntime({ elapsedMs, runtimeMs }: RunFile): string {
  if (runtimeMs === undefined || elapsedMs === 0) return '';
  return `, ${formatNumber(100 * Math.max(0, 1 - runtimeMs / elapsedMs), 2)} % of it outside the runtime`;
}
