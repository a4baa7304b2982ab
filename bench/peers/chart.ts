/** How many times as long as ours the other ways take, case by case. */
import * as Plot from '@observablehq/plot';
import { formatNumber } from '../../src/app/report/format.ts';
import { type Chart, element, plotFragment, standaloneSvg, text } from '../../src/app/report/svg.ts';
import { textWidth } from '../../src/app/report/text-layout.ts';
import { FILE_PALETTE, type Palette } from '../../src/app/report/theme.ts';
import { HVP, STEP } from './contests.ts';
import { agrees, type CaseRecord, type PeersResults } from './results.ts';

const WIDTH = 860;
const ROW_HEIGHT = 26;
const MARGIN_TOP = 8;
const MARGIN_BOTTOM = 30;
const FONT_SIZE = 11;
const HEADING_HEIGHT = 24;
const LEGEND_LINE = 18;
/** Shares of a row's height between dots that would cover each other. */
const SPREAD = 0.09;

/** Ways to compute that have a colour of their own, with the methods that go that way. */
const WAYS: readonly { readonly title: string; readonly methods: readonly string[] }[] = [
  { title: 'the paper’s procedure', methods: ['step-paper', 'paper'] },
  { title: 'PyTorch from scratch', methods: ['hvp-scratch'] },
  { title: 'PyTorch, graph kept', methods: ['hvp-kept', 'step-kept', 'kept', 'kept-full'] },
  { title: 'torch.func, jvp of grad', methods: ['hvp-jvp', 'step-jvp'] },
  { title: 'torch.func, linearised', methods: ['step-linearize'] },
  { title: 'curvlinops', methods: ['hvp-curvlinops', 'step-curvlinops'] },
  { title: 'PyHessian', methods: ['hvp-pyhessian', 'pyhessian-full'] },
  {
    title: 'hessian-eigenthings',
    methods: ['hvp-eigenthings', 'step-eigenthings', 'eigenthings', 'eigenthings-full'],
  },
];

interface Point {
  readonly row: string;
  readonly way: number;
  /** Their time divided by ours. */
  readonly times: number;
  /** Whether its values differ from ours. */
  readonly isHollow: boolean;
  readonly title: string;
}

interface Panel {
  readonly title: string;
  readonly points: readonly Point[];
}

/** The chart as an SVG file. */
export function peersChart({ cases }: PeersResults): string {
  return standaloneSvg(chartOf(cases, FILE_PALETTE), FILE_PALETTE);
}

function chartOf(cases: readonly CaseRecord[], palette: Palette): Chart {
  const panels: Panel[] = [
    { title: 'product with the whole Hessian', points: cases.flatMap((one) => contestPoints(one, HVP)) },
    { title: 'one Lanczos step over all blocks', points: cases.flatMap((one) => contestPoints(one, STEP)) },
    { title: 'whole run, all blocks and the whole Hessian', points: cases.flatMap(runPoints) },
  ].filter(({ points }) => points.length > 0);
  const times = panels.flatMap(({ points }) => points.map((point) => point.times));
  const low = Math.min(0.5, ...times) * 0.8;
  const high = Math.max(2, ...times) * 1.3;
  const rowsOf = ({ points }: Panel) => [...new Set(points.map(({ row }) => row))];
  const marginLeft =
    16 + Math.max(0, ...panels.flatMap((panel) => rowsOf(panel).map((row) => textWidth(row, FONT_SIZE))));
  const legend = legendOf(palette);
  let top = legend.height + 10;
  const parts = [legend.body];
  for (const panel of panels) {
    const rows = rowsOf(panel);
    parts.push(
      text(panel.title, 0, top + 12, { 'font-size': 12, 'font-weight': 'bold', fill: palette.ink }),
      drawPanel(panel, rows, [low, high], marginLeft, palette, top + HEADING_HEIGHT),
    );
    top += HEADING_HEIGHT + panelHeight(rows.length);
  }
  return {
    name: 'peers',
    title: 'Time of the others, divided by ours',
    caption:
      'Logarithmic axis; right of the line at 1 hesscope is faster. Medians of runs in turns on one machine. Hollow: its values differ from ours by more than rounding.',
    width: WIDTH,
    height: top,
    minWidth: 620,
    body: parts.join(''),
  };
}

function contestPoints(record: CaseRecord, contest: string): Point[] {
  const peers = record.contests.find(({ name }) => name === contest)?.peers ?? [];
  return peers.flatMap((peer) => point(record, peer, !agrees(peer)));
}

function runPoints(record: CaseRecord): Point[] {
  return record.quadratures.flatMap((run) => (run.covers === 'blocks' ? point(record, run, false) : []));
}

function point(
  record: CaseRecord,
  { method, title, ratio }: { method: string; title: string; ratio: number | null },
  isHollow: boolean,
): Point[] {
  const way = WAYS.findIndex(({ methods }) => methods.includes(method));
  if (ratio === null || way < 0) return [];
  const times = 1 / ratio;
  return [
    {
      row: record.title,
      way,
      times,
      isHollow,
      title: `${record.title}, ${title}: ${formatNumber(times, 2)}`,
    },
  ];
}

function drawPanel(
  { points }: Panel,
  rows: readonly string[],
  domain: readonly [number, number],
  marginLeft: number,
  palette: Palette,
  top: number,
): string {
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500].filter(
    (tick) => tick >= domain[0] && tick <= domain[1],
  );
  const middle = (WAYS.length - 1) / 2;
  return plotFragment(
    {
      width: WIDTH,
      height: panelHeight(rows.length),
      marginLeft,
      marginRight: 18,
      marginTop: MARGIN_TOP,
      marginBottom: MARGIN_BOTTOM,
      x: { type: 'log', domain: [...domain], label: null, axis: null },
      y: { type: 'point', domain: [...rows], padding: 0.5, label: null, axis: null },
      color: { type: 'identity' },
      marks: [
        Plot.gridX(ticks, { stroke: palette.faint, strokeOpacity: 1 }),
        Plot.ruleX([1], { stroke: palette.ink, strokeWidth: 1.4 }),
        ...WAYS.flatMap((_, way) => {
          const own = points.filter((one) => one.way === way);
          const colour = colourOf(way, palette);
          const dot = {
            x: 'times',
            y: 'row',
            dy: (way - middle) * SPREAD * ROW_HEIGHT,
            r: 4,
            stroke: colour,
            strokeWidth: 1.6,
            title: 'title',
          };
          return [
            Plot.dot(
              own.filter(({ isHollow }) => !isHollow),
              { ...dot, fill: colour },
            ),
            Plot.dot(
              own.filter(({ isHollow }) => isHollow),
              { ...dot, fill: palette.background },
            ),
          ];
        }),
        Plot.axisY({ tickSize: 0, label: null, fontSize: FONT_SIZE }),
        Plot.axisX(ticks, { tickFormat: String, label: null, tickSize: 0, fontSize: FONT_SIZE }),
      ],
    },
    palette,
    0,
    top,
  );
}

function panelHeight(rows: number): number {
  return MARGIN_TOP + rows * ROW_HEIGHT + MARGIN_BOTTOM;
}

function colourOf(way: number, palette: Palette): string {
  const colours = [...palette.series, palette.kinds.bias, palette.kinds['attention-projection']];
  return colours[way] as string;
}

function legendOf(palette: Palette): { readonly body: string; readonly height: number } {
  let [x, y] = [0, 0];
  const entries: string[] = [];
  for (const [way, { title }] of WAYS.entries()) {
    const width = 14 + textWidth(title, FONT_SIZE) + 16;
    if (x > 0 && x + width > WIDTH) {
      x = 0;
      y += LEGEND_LINE;
    }
    entries.push(
      element('circle', { cx: x + 5, cy: y + 8, r: 4.5, fill: colourOf(way, palette) }),
      text(title, x + 14, y + 12, { 'font-size': FONT_SIZE, fill: palette.ink }),
    );
    x += width;
  }
  return { body: entries.join(''), height: y + LEGEND_LINE };
}
