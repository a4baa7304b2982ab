/** A few blocks' normalised spectra over one another. */
import * as Plot from '@observablehq/plot';
import type { BlockRecord, SpectrumRecord } from '../../runs/records.ts';
import { shortBlockNames } from '../block-names.ts';
import { columnExtremes } from '../decimate.ts';
import { formatNumber, formatPowerOfTen } from '../format.ts';
import { type Chart, element, plotFragment, text } from '../svg.ts';
import { shortenToWidth } from '../text-layout.ts';
import { orderedKinds, type Palette } from '../theme.ts';
import { atDecades, decadesOf, formatSymlogTick, powersOfTen, symlogTicks } from './axes.ts';
import { NORMALISED_SIGMA, normaliseSpectra } from './normalised.ts';

const WIDTH = 860;
const HEIGHT = 380;
const LEGEND_WIDTH = 190;
const MARGIN_LEFT = 50;
const MARGIN_RIGHT = 14;
const MOST_BLOCKS = 6;
const DASHES = ['', '', '', '7,3', '7,3', '7,3'];

/** Kinds that stand back while others are there: small and many. */
const MINOR = new Set(['bias', 'norm']);
/** Kinds whose spectra the paper shows first (Figure 3: embedding, query, value, MLP). */
const PRIORITY = ['embedding', 'query', 'value', 'mlp-fc', 'mlp-projection', 'key'];

function spaced<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  if (count === 1) return [items[Math.floor((items.length - 1) / 2)]!];
  return Array.from(
    { length: count },
    (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))]!,
  );
}

/**
 * Up to six blocks that stand for the network: the middle one of each kind, or several of each, evenly spaced, where
 * there are few kinds. Zero blocks are left out; biases and normalisations too while there is anything else.
 */
export function representativeBlocks(
  spectra: readonly SpectrumRecord[],
  blocks: readonly BlockRecord[],
): SpectrumRecord[] {
  const kindOf = new Map(blocks.map((block) => [block.name, block.kind]));
  const kind = (spectrum: SpectrumRecord) => kindOf.get(spectrum.name) ?? 'unknown';
  const drawn = spectra.filter((spectrum) => !spectrum.isZero && spectrum.probes.length > 0);
  const major = drawn.filter((spectrum) => !MINOR.has(kind(spectrum)));
  const pool = major.length > 1 ? major : drawn;
  const rank = (name: string) => (PRIORITY.includes(name) ? PRIORITY.indexOf(name) : PRIORITY.length);
  const kinds = orderedKinds(pool.map(kind))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST_BLOCKS);
  const each = Math.max(1, Math.floor(MOST_BLOCKS / Math.max(1, kinds.length)));
  const chosen = new Set(
    kinds.flatMap((name) =>
      spaced(
        pool.filter((spectrum) => kind(spectrum) === name),
        each,
      ),
    ),
  );
  return spectra.filter((spectrum) => chosen.has(spectrum));
}

/** Normalised spectra of representative blocks over one another, or null when no block has a spectrum to draw. */
export function overlayChart(
  spectra: readonly SpectrumRecord[],
  blocks: readonly BlockRecord[],
  palette: Palette,
): Chart | null {
  const chosen = representativeBlocks(spectra, blocks);
  if (chosen.length === 0) return null;
  const plotWidth = WIDTH - LEGEND_WIDTH;
  const { curves, axes } = normaliseSpectra(chosen, 1600);
  const short = shortBlockNames(spectra.map((spectrum) => spectrum.name));
  const lines = curves.map(({ curve }, index) => {
    const shown = columnExtremes(curve!.x, curve!.density, plotWidth - MARGIN_LEFT);
    return {
      points: shown.map((at) => ({
        x: atDecades(curve!.x[at]!),
        y: curve!.density[at]! >= axes.floor ? curve!.density[at]! : Number.NaN,
      })),
      colour: palette.series[index % palette.series.length]!,
      dash: DASHES[index % DASHES.length]!,
    };
  });
  const ends: [number, number] = [atDecades(axes.low), atDecades(axes.high)];
  const place = (value: number) =>
    ((decadesOf(value) - axes.low) / (axes.high - axes.low)) * (plotWidth - MARGIN_LEFT - MARGIN_RIGHT);
  const ticksY = powersOfTen(axes.floor, axes.top, 7);
  const plot = plotFragment(
    {
      width: plotWidth,
      height: HEIGHT,
      marginLeft: MARGIN_LEFT,
      marginRight: MARGIN_RIGHT,
      marginTop: 26,
      marginBottom: 44,
      x: { type: 'symlog', domain: ends, label: null },
      y: { type: 'log', domain: [axes.floor, axes.top], label: null },
      marks: [
        Plot.gridY(ticksY, { stroke: palette.faint, strokeOpacity: 1 }),
        Plot.ruleX([0], { stroke: palette.muted, strokeDasharray: '3,3' }),
        ...lines.map((line) =>
          Plot.lineY(line.points, {
            x: 'x',
            y: 'y',
            stroke: line.colour,
            strokeWidth: 1.8,
            strokeDasharray: line.dash || 'none',
          }),
        ),
        Plot.axisY(ticksY, { tickFormat: formatPowerOfTen, label: null, tickSize: 0, fontSize: 11 }),
        Plot.axisX(symlogTicks(...ends, place, 11), {
          tickFormat: formatSymlogTick,
          label: null,
          tickSize: 4,
          fontSize: 11,
        }),
        Plot.text([''], {
          frameAnchor: 'top-left',
          text: () => 'frequency (per decade of the axis, log scale)',
          dy: -18,
          dx: -MARGIN_LEFT + 2,
          textAnchor: 'start',
          fontSize: 11,
          fill: palette.muted,
        }),
        Plot.text([''], {
          frameAnchor: 'bottom',
          text: () => 'eigenvalue ÷ 10th largest (symmetric log)',
          dy: 36,
          fontSize: 12,
          fill: palette.muted,
        }),
      ],
    },
    palette,
  );
  const legend = curves.map(({ spectrum }, index) => {
    const y = 44 + 38 * index;
    const x = plotWidth + 12;
    const line = lines[index]!;
    return [
      element('path', {
        d: `M${x},${y}h26`,
        stroke: line.colour,
        'stroke-width': 2.4,
        ...(line.dash ? { 'stroke-dasharray': line.dash } : {}),
      }),
      text(shortenToWidth(short.get(spectrum.name)!, 12, LEGEND_WIDTH - 52), x + 34, y + 4, {
        'font-size': 12,
        fill: palette.ink,
      }),
      text(`÷ ${formatNumber(spectrum.normaliser.value)}`, x + 34, y + 19, {
        'font-size': 10.5,
        fill: palette.muted,
      }),
    ].join('');
  });
  return {
    name: 'spectrum-blocks',
    title: 'Spectra of a few blocks over one another',
    caption: `${chosen.length} blocks that stand for the network, each divided by its 10th largest eigenvalue (the number under its name), as in the paper's Figure 3. Curves that lie on one another mean blocks of like shape; curves apart mean heterogeneity. The axis is about linear within ±1 and logarithmic beyond, sign(λ) log₁₀(1 + |λ|) of the divided eigenvalue; smoothing: σ = ${NORMALISED_SIGMA} decades, which near zero is ${formatNumber(atDecades(NORMALISED_SIGMA), 2)} of the divisor.${fallbackNote(chosen)}`,
    width: WIDTH,
    height: HEIGHT,
    minWidth: 620,
    body: plot + legend.join(''),
  };
}

/** Names the blocks that were divided by something else than most were. */
function fallbackNote(chosen: readonly SpectrumRecord[]): string {
  const rules = new Map<string, number>();
  for (const spectrum of chosen)
    rules.set(spectrum.normaliser.rule, (rules.get(spectrum.normaliser.rule) ?? 0) + 1);
  if (rules.size < 2) return '';
  const usual = [...rules].sort((a, b) => b[1] - a[1])[0]![0];
  const others = chosen.filter((spectrum) => spectrum.normaliser.rule !== usual);
  return ` Divided by something else: ${others.map((spectrum) => `${spectrum.name} (${spectrum.normaliser.rule})`).join('; ')}.`;
}
