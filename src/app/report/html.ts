/** One or several runs as one HTML file that needs nothing but itself. */
import { curvatureTitle } from '../../curvature/products/index.ts';
import type { RunRecord } from '../runs/records.ts';
import { convergenceTableHtml } from './convergence-table.ts';
import { type ColourScale, colourScale, definitionFacts, type Invariance } from './definitions.ts';
import { chartsOf } from './figures.ts';
import { formatEstimate, formatNumber } from './format.ts';
import { escapeMarkup } from './markup.ts';
import { pageFrame } from './page-frame.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { factsOf, missingOf } from './run-facts.ts';
import { type Comparison, listed, runLabels, type Summary, summarise } from './summary.ts';
import { type Chart, inlineSvg } from './svg.ts';
import { blockTableHtml, jsZeroTableHtml, tableDefinition } from './tables.ts';
import { PAGE_PALETTE } from './theme.ts';

/** How a report is made. */
export interface ReportOptions {
  /** The heading; made from the models' names by default. */
  readonly title?: string;
}

/** Digits of a distance under the pointer; more would only make the file larger. */
const TIP_DIGITS = 3;

function figureHtml(chart: Chart, attributes = ''): string {
  return `<figure${attributes}><figcaption><strong>${escapeMarkup(chart.title)}</strong>${escapeMarkup(chart.caption)}</figcaption><div class="scroll">${inlineSvg(chart)}</div></figure>`;
}

const INVARIANCE_TAGS: Readonly<Record<Invariance, string>> = {
  block: 'scale-free',
  loss: 'unchanged by the scale of the loss',
  none: 'changes with the scale of the loss',
};

function comparisonHtml(comparison: Comparison, isHeadline: boolean): string {
  const facts = definitionFacts(comparison.definition);
  const largest = 1.1 * Math.max(...comparison.entries.map((entry) => entry.distance.js0.mean));
  const share = (value: number) =>
    Number.isFinite(value / largest)
      ? formatNumber(Math.min(100, Math.max(0, (100 * value) / largest)))
      : '0';
  const rows = comparison.entries.map(({ label, distance }) => {
    const floor =
      distance.noiseFloor === null
        ? ''
        : `<i class="floor" style="left:${share(distance.noiseFloor)}%" title="noise floor ${formatNumber(distance.noiseFloor, 2)}"></i>`;
    return `<div class="bar-row"><span>${escapeMarkup(label)}</span><div class="track"><div class="bar" style="width:${share(distance.js0.mean)}%"></div>${floor}</div><span class="bar-value">${escapeMarkup(formatEstimate(distance.js0))}</span></div>`;
  });
  const tags = [
    INVARIANCE_TAGS[facts.invariance],
    facts.unit === '' ? '' : `in ${facts.unit}`,
    facts.bound === null ? '' : `at most ${formatNumber(facts.bound)}`,
  ]
    .filter(Boolean)
    .map((tag) => `<span class="tag">${escapeMarkup(tag)}</span>`);
  return `<div class="comparison${isHeadline ? ' headline' : ''}"><h3>${escapeMarkup(comparison.definition)}${tags.join('')}</h3><p>${escapeMarkup(comparison.description)}</p>${rows.join('')}</div>`;
}

function summaryHtml(summary: Summary): string {
  const [headline, ...others] = summary.comparisons.map((comparison) =>
    comparisonHtml(comparison, comparison.definition === summary.headline),
  );
  const more =
    others.length === 0
      ? ''
      : `<details><summary>JS0 under the other ${others.length} definitions</summary>${others.join('')}</details>`;
  const key =
    headline === undefined
      ? ''
      : '<p class="lead note">JS0 is the mean distance between the spectra of two different blocks; the line across a bar is its noise floor.</p>';
  const details = summary.details.map((sentence) => `<li>${escapeMarkup(sentence)}</li>`).join('');
  const words = `<p class="verdict">${escapeMarkup(summary.verdict)}</p><ul class="details">${details}</ul><p class="lead">${escapeMarkup(summary.caution)}</p>`;
  return `<section class="card" aria-labelledby="summary"><h2 id="summary">Block heterogeneity</h2><div class="overview"><div>${words}</div><div>${headline ?? ''}${key}</div></div>${more}</section>`;
}

function noticeHtml(record: RunRecord): string {
  const missing = missingOf(record);
  if (missing.length === 0) return '';
  const items = missing.map((sentence) => `<li>${escapeMarkup(sentence)}</li>`).join('');
  return `<div class="notice"><strong>This run is ${escapeMarkup(record.run.status)}; not everything is there.</strong><ul>${items}</ul></div>`;
}

function factsHtml(record: RunRecord): string {
  const facts = factsOf(record).map(
    ([term, description]) => `<div><dt>${escapeMarkup(term)}</dt><dd>${escapeMarkup(description)}</dd></div>`,
  );
  const request = escapeMarkup(JSON.stringify(record.run.request, null, 2));
  const plan =
    record.run.plan && record.run.plan.text.length > 0
      ? `\n\n${escapeMarkup(record.run.plan.text.join('\n'))}`
      : '';
  return `<div class="card"><dl class="facts">${facts.join('')}</dl><details><summary>The whole request: enough to repeat the run</summary><pre>${request}${plan}</pre></details></div>`;
}

function runHtml(
  record: RunRecord,
  index: number,
  label: string,
  scales: ReadonlyMap<string, ColourScale>,
): string {
  const charts = chartsOf(record, PAGE_PALETTE, scales);
  const isMap = (chart: Chart) => chart.name.startsWith('heatmap-');
  const card = (chart: Chart) => `<div class="card">${figureHtml(chart)}</div>`;
  const maps = charts.filter(isMap).map((chart) => {
    const definition = escapeMarkup(chart.name.slice('heatmap-'.length));
    return figureHtml(chart, ` class="heatmap" data-run="${index}" data-definition="${definition}"`);
  });
  const first = escapeMarkup(tableDefinition(record) ?? '');
  const convergence = convergenceTableHtml(record);
  const zero = record.distances?.zeroBlocks;
  const treatment =
    zero && zero.names.length > 0
      ? `<p>Zero blocks: ${escapeMarkup(zero.names.join(', '))}. ${escapeMarkup(zero.treatment)}</p>`
      : '';
  return [
    `<section class="run" id="run-${index}" aria-labelledby="run-${index}-title">`,
    `<div class="run-head"><h2 id="run-${index}-title">${escapeMarkup(label)}</h2><span class="status status-${escapeMarkup(record.run.status)}">${escapeMarkup(record.run.status)}</span><span class="run-name">${escapeMarkup(record.run.name)}</span></div>`,
    noticeHtml(record),
    factsHtml(record),
    ...charts.filter((chart) => chart.name.startsWith('spectrum-')).map(card),
    maps.length === 0 ? '' : `<div class="card heatmaps" data-first="${first}">${maps.join('')}</div>`,
    record.distances ? `<div class="card">${treatment}${jsZeroTableHtml(record)}</div>` : '',
    ...charts.filter((chart) => !isMap(chart) && !chart.name.startsWith('spectrum-')).map(card),
    `<div class="card">${blockTableHtml(record)}</div>`,
    convergence === '' ? '' : `<div class="card">${convergence}</div>`,
    '</section>',
  ].join('\n');
}

/** Lower triangles of the matrices for the pointer's tip, as JSON that cannot end a script element. */
function distancesJson(records: readonly RunRecord[]): string {
  const runs = records.map((record) =>
    Object.fromEntries(
      (record.distances?.definitions ?? []).map((distance) => {
        const lower = distance.matrix.flatMap((row, i) =>
          row
            .slice(0, i)
            .map((value) =>
              value === null || Number.isNaN(value) ? null : Number(value.toPrecision(TIP_DIGITS)),
            ),
        );
        return [distance.definition, { names: distance.blocks, lower }];
      }),
    ),
  );
  return JSON.stringify(runs).replaceAll('<', '\\u003c');
}

/** The colour scales that all runs of a report share, so that their heat maps can be compared by eye. */
function sharedScales(records: readonly RunRecord[]): Map<string, ColourScale> {
  const all = records.flatMap((record) => record.distances?.definitions ?? []);
  return new Map(
    all.map(({ definition }) => [
      definition,
      colourScale(all.filter((distance) => distance.definition === definition)),
    ]),
  );
}

/**
 * A report on one or several runs as one self-contained HTML file: no network, light and dark, any width. Unfinished
 * runs show what is there and say what is missing.
 *
 * @param records at least one; several are compared at the top.
 */
export function renderReport(records: readonly RunRecord[], options: ReportOptions = {}): string {
  if (records.length === 0) throw new Error('A report is about at least one run, found none.');
  const labels = runLabels(records);
  const matrices = [...new Set(records.map(({ run }) => `the ${curvatureTitle(run.request.curvature)}`))];
  const title =
    options.title ??
    `${matrices.every((name) => name.endsWith('Hessian')) ? 'Hessian spectra' : 'Spectra'} of ${listed(labels)}`;
  const scales = sharedScales(records);
  const links = labels
    .map((label, index) => `<li><a href="#run-${index}">${escapeMarkup(label)}</a></li>`)
    .join('');
  const body = `<header><h1>${escapeMarkup(title)}</h1>
<p class="lead">The curvature of a loss, block by block: how the eigenvalues of ${listed(matrices)} of each parameter block lie, and how unlike the blocks are.</p>
${records.length > 1 ? `<nav aria-label="Runs"><ul>${links}</ul></nav>` : ''}</header>
<main>
${summaryHtml(summarise(records))}
${records.map((record, index) => runHtml(record, index, labels[index]!, scales)).join('\n')}
</main>
<footer>Made by hesscope. Method and figures after Zhang et al., “Why Transformers Need Adam: A Hessian Perspective” (2024): stochastic Lanczos quadrature for spectra, JS0 for heterogeneity.</footer>
<script type="application/json" id="distances">${distancesJson(records)}</script>
<script>${PAGE_SCRIPT}</script>`;
  return pageFrame(title, body);
}
