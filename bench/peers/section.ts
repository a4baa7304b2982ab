/** The section on peers of the page on performance. */
import { formatBytes, formatCount, formatDuration, formatNumber } from '../../src/app/report/format.ts';
import type { Spread } from './alternate.ts';
import { STEP, STEP_PAPER } from './contests.ts';
import {
  AGREEMENT_TOLERANCE,
  agrees,
  bestFlopsPerMs,
  type CaseRecord,
  type PeerRecord,
  type PeersResults,
  type QuadratureRecord,
  shareOfLimit,
  type TargetRecord,
} from './results.ts';

/** Blocks whose times are told, in equal distances from the first to the last. */
const SHOWN_BLOCKS = 6;

/** The results as Markdown, with the command that makes them. */
export function peersSection(results: PeersResults): string {
  return [
    '## Beside PyTorch and its libraries',
    '',
    '`npm run bench:peers`',
    '',
    introduction(results),
    '',
    '![times of hesscope and of the others](images/peers.svg)',
    '',
    targetTable(results.targets),
    '',
    ...results.cases.map(caseSection),
    ...missing(results),
    measuredOn(results),
  ].join('\n');
}

function introduction({ threads, precision }: PeersResults): string {
  return [
    `The same weights, data and vectors in ${precision} on ${threads === 1 ? '1 thread' : `${threads} threads`}; hesscope and Python each in a process of its own, with the same allocator settings.`,
    'They take turns, A B A C A B A C, so that a slow while of the machine touches both; times are medians, with the least and the largest in brackets.',
    'A ratio is our time divided by theirs. What a method does once (a kept graph, residuals, sessions) is not in its time but in "once".',
    `Values are compared before times are: "differs by" is the norm of the difference over that of ours, and a method beyond ${AGREEMENT_TOLERANCE} does not count as a way to the numbers.`,
    'Our step includes the Lanczos arithmetic, theirs are products alone.',
  ].join(' ');
}

function targetTable(targets: readonly TargetRecord[]): string {
  const rows = targets.map(({ title, bound, limit, value, met }) => {
    const verdict = met === null ? 'not measured' : met ? 'yes' : 'no';
    return `| ${title} | ${bound} ${limit} | ${formatNumber(value)} | ${verdict} |`;
  });
  return ['| target (gpt-nano) | wanted | found | met |', '|---|---|---:|---|', ...rows].join('\n');
}

function caseSection(record: CaseRecord): string {
  const { title, parameterCount, blocks, loss, peakBytes } = record;
  const head = `${formatCount(parameterCount)} parameters, a step over ${blocks.length} blocks, loss ${loss.toFixed(4)}. Most memory: ours ${formatBytes(peakBytes.ours)}, Python ${formatBytes(peakBytes.theirs)} (all methods of a comparison prepared at once).`;
  return [
    `### ${title}`,
    '',
    head,
    '',
    contestTable(record),
    '',
    ...remarks(record),
    ...firstProductText(record),
    rateText(record),
    '',
    ...blockTable(record),
    ...quadratureTable(record.quadratures),
  ].join('\n');
}

function contestTable(record: CaseRecord): string {
  const rows = record.contests.flatMap((contest) => [
    `| **${contest.title}** | ours: ${contest.ours.title} | ${time(contest.ours.time)} | ${formatDuration(contest.ours.setupMs)} | | |`,
    ...contest.peers.map((peer) => peerRow(peer, record.blocks.length)),
  ]);
  return ['| | | time | once | ratio | differs by |', '|---|---|---:|---:|---:|---:|', ...rows].join('\n');
}

function peerRow(peer: PeerRecord, blockCount: number): string {
  const covers = peer.coveredBlocks === null ? '' : ` (${peer.coveredBlocks} of ${blockCount} blocks)`;
  if (peer.time === null) return `| | ${peer.title} | failed: ${cell(peer.failure ?? '')} | | | |`;
  const once = peer.setupMs === null ? '' : formatDuration(peer.setupMs);
  const ratio = peer.ratio === null ? '' : formatNumber(peer.ratio, 2);
  const difference = peer.difference === undefined ? '' : peer.difference.toExponential(1);
  return `| | ${peer.title}${covers} | ${time(peer.time)} | ${once} | ${agrees(peer) ? ratio : `(${ratio})`} | ${difference} |`;
}

/** What stands out among the differences. */
function remarks({ contests }: CaseRecord): string[] {
  return contests.flatMap(({ peers }) =>
    peers.flatMap((peer) =>
      agrees(peer)
        ? []
        : [
            `${peer.title}: ${peer.worstName} differs by ${(peer.worst ?? 0).toExponential(1)}${peer.remark ? ` (${peer.remark})` : ''}.`,
            '',
          ],
    ),
  );
}

/** What the first product of all is made of. */
function firstProductText({ contests }: CaseRecord): string[] {
  const parts = contests.flatMap(({ name, ours }) =>
    name === 'first-product' ? Object.entries(ours.partsMs) : [],
  );
  if (parts.length === 0) return [];
  const told = parts.map(([name, elapsedMs]) => `${name} ${formatDuration(elapsedMs)}`).join(', ');
  return [`Our first product: ${told}.`, ''];
}

function rateText(record: CaseRecord): string {
  const rates = record.rates.map(
    ({ shape, onnxRuntimeGflops, pytorchGflops }) =>
      `${shape.join(' x ')}: ${onnxRuntimeGflops.toFixed(0)} and ${pytorchGflops.toFixed(0)}`,
  );
  const shares = record.contests.flatMap((contest) => {
    const share = shareOfLimit(record, contest, contest.ours.time.medianMs);
    if (share === null) return [];
    const others = contest.peers.map(({ time: theirs, coveredBlocks }) =>
      theirs && coveredBlocks === null ? (shareOfLimit(record, contest, theirs.medianMs) ?? 0) : 0,
    );
    return [
      `${contest.title} ${share.toFixed(2)} (${((contest.ours.productFlops ?? 0) / 1e9).toFixed(1)} billion operations; the best of the others ${Math.max(0, ...others).toFixed(2)})`,
    ];
  });
  return `Matrix products, billions of operations a second in ONNX Runtime and in PyTorch: ${rates.join('; ')}. Share of the best of them (${(bestFlopsPerMs(record) / 1e6).toFixed(0)}), counting the products that are mathematically needed: ${shares.join('; ')}.`;
}

/** A few blocks of a step, and the sum over all. */
function blockTable({ contests, blocks }: CaseRecord): string[] {
  const step = contests.find(({ name }) => name === STEP);
  if (!step) return [];
  const peers = step.peers.filter(
    ({ partsMs, coveredBlocks }) => coveredBlocks === null && Object.keys(partsMs).length > 0,
  );
  const shown = evenly(blocks, SHOWN_BLOCKS);
  const row = (title: string, of: (partsMs: Readonly<Record<string, number>>) => number) =>
    `| ${title} | ${[step.ours, ...peers].map(({ partsMs }) => formatNumber(of(partsMs))).join(' | ')} |`;
  return [
    `| milliseconds of a block | ours | ${peers.map(({ title }) => title).join(' | ')} |`,
    `|---|---:|${peers.map(() => '---:|').join('')}`,
    ...shown.map((block) => row(block, (partsMs) => partsMs[block] ?? Number.NaN)),
    row(`all ${blocks.length}`, (partsMs) => Object.values(partsMs).reduce((sum, part) => sum + part, 0)),
    ...(peers.some(({ method }) => method === STEP_PAPER)
      ? [
          '',
          'The backward pass that the paper’s procedure shares among blocks is in its time, not in this table.',
        ]
      : []),
    '',
  ];
}

function quadratureTable(records: readonly QuadratureRecord[]): string[] {
  if (records.length === 0) return [];
  const rows = records.map((record) => {
    const { covers, title, steps, ours, theirs, ratio, oursWork, theirsWork } = record;
    const what = covers === 'blocks' ? 'all blocks and the whole Hessian' : 'the whole Hessian';
    if (!theirs || !theirsWork || ratio === null)
      return `| ${what}, ${steps} steps | ${title} | ${time(ours)} | failed: ${cell(record.failure ?? '')} | | | |`;
    const work = formatNumber(oursWork.medianMs / theirsWork.medianMs, 2);
    const difference = runDifference(record);
    return `| ${what}, ${steps} steps | ${title} | ${time(ours)} | ${time(theirs)} | ${formatNumber(ratio, 2)} | ${work} | ${difference} |`;
  });
  return [
    'Whole runs of one probe, from the start of the process to its end; "work" leaves out start, imports, and opening of model and data. The last column is the largest relative difference of an operator’s largest eigenvalue: ours and plain PyTorch start from the same vectors, the libraries from their own. Blocks of at most as many parameters as there are steps get all their eigenvalues from us; Lanczos without reorthogonalisation may miss them by more than rounding.',
    '',
    '| run | against | ours | theirs | ratio | ratio of work | differs by |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows,
    '',
  ];
}

/** With the operator's name where rounding does not explain it. */
function runDifference({ difference, differenceOf }: QuadratureRecord): string {
  if (difference === null) return '';
  const told = difference.toExponential(1);
  return difference > AGREEMENT_TOLERANCE ? `${told} (${differenceOf})` : told;
}

function missing({ packages, failures }: PeersResults): string[] {
  const lines = [
    ...packages.flatMap(({ name, failure }) => (failure === null ? [] : [`${name} is missing: ${failure}.`])),
    ...failures.map(({ name, reason }) => `The case ${name} could not be measured: ${reason}.`),
  ];
  return lines.flatMap((line) => [line, '']);
}

function measuredOn({ environment, commit, memoryBytes, python, packages, elapsedMs }: PeersResults): string {
  const { date, processor, cores, node, onnxRuntime, hesscope } = environment;
  const versions = packages.flatMap(({ name, version }) => (version === null ? [] : [`${name} ${version}`]));
  return `Measured on ${date} in ${formatDuration(elapsedMs)}: ${processor}, ${cores} cores, ${formatBytes(memoryBytes)}; hesscope ${hesscope}${commit ? ` (${commit})` : ''}, Node ${node}, ONNX Runtime ${onnxRuntime}; Python ${python}, ${versions.join(', ')}.`;
}

function time({ medianMs, leastMs, largestMs, samples }: Spread): string {
  return samples === 1
    ? `${formatDurationFine(medianMs)} (once)`
    : `${formatDurationFine(medianMs)} (${formatNumber(leastMs / unit(medianMs))} to ${formatNumber(largestMs / unit(medianMs))})`;
}

function formatDurationFine(elapsedMs: number): string {
  return `${formatNumber(elapsedMs / unit(elapsedMs))} ${unit(elapsedMs) === 1 ? 'ms' : 's'}`;
}

/** Milliseconds in the unit that suits a duration. */
function unit(elapsedMs: number): number {
  return elapsedMs < 1000 ? 1 : 1000;
}

/** `count` of the values from the first to the last. */
function evenly(values: readonly string[], count: number): string[] {
  if (values.length <= count) return [...values];
  return Array.from(
    { length: count },
    (_, index) => values[Math.round((index * (values.length - 1)) / (count - 1))] as string,
  );
}

/** Text that cannot end a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '/').slice(0, 200);
}
