/** From marks to SVG text: Observable Plot drawn without a browser, and the frame of a chart that stands alone. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeMarkup, writable } from './markup.ts';
import { textWidth, wrapText } from './text-layout.ts';
import { FONT_FAMILY, kindColour, kindLabel, orderedKinds, type Palette } from './theme.ts';

/** One chart, drawn with one palette, without its title and caption. */
export interface Chart {
  /** File name without extension, unique within a run. */
  readonly name: string;
  readonly title: string;
  /** What is drawn and how, for a stranger. */
  readonly caption: string;
  /** Size of `body` in pixels. */
  readonly width: number;
  readonly height: number;
  /** SVG elements, to be put into an `svg` of that size. */
  readonly body: string;
  /**
   * The narrowest width in pixels at which its text can be read, when a page scales it down;
   * a page scrolls the chart sideways instead of going below.
   */
  readonly minWidth: number;
}

const TITLE_SIZE = 17;
const CAPTION_SIZE = 12;
const CAPTION_LINE = 17;
const PADDING = 20;

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** A coordinate with at most two decimals: a hundredth of a pixel is never seen. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** What `text` may be given: SVG presentation attributes by their names. */
export type Attributes = Readonly<Record<string, string | number>>;

function attributeText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(
      ([name, value]) => ` ${name}="${typeof value === 'number' ? coordinate(value) : escapeMarkup(value)}"`,
    )
    .join('');
}

/** One element with attributes; `content` is markup, already escaped. */
export function element(tag: string, attributes: Attributes, content = ''): string {
  return content === ''
    ? `<${tag}${attributeText(attributes)}/>`
    : `<${tag}${attributeText(attributes)}>${content}</${tag}>`;
}

/** A line of text with its baseline at (`x`, `y`). */
export function text(content: string, x: number, y: number, attributes: Attributes): string {
  return element('text', { x, y, ...attributes }, escapeMarkup(content));
}

/**
 * Draws a plot and returns its elements as one group. Plot's own style sheet is left out: what it says is said by
 * attributes, which PNG renderers follow too.
 */
export function plotFragment(options: Plot.PlotOptions, palette: Palette, x = 0, y = 0): string {
  const drawn = Plot.plot({ ...options, document: document as unknown as Plot.PlotOptions['document'] });
  if (drawn.tagName.toLowerCase() !== 'svg')
    throw new Error(`A plot without legends is an svg, found ${drawn.tagName}.`);
  drawn.querySelector('style')?.remove();
  // Coordinates stand in tags; what stands between them is text, such as the numbers of an axis.
  const marks = writable(String(drawn.innerHTML)).replace(/<[^>]*>/g, (tag) =>
    tag.replace(/-?\d+\.\d{3,}/g, (number) => coordinate(Number(number))),
  );
  const transform = x === 0 && y === 0 ? '' : ` transform="translate(${coordinate(x)},${coordinate(y)})"`;
  return `<g${transform} font-size="11" text-anchor="middle" fill="${palette.ink}" color="${palette.ink}">${marks}</g>`;
}

/** A row of coloured dots above a plot, from where its axis begins. */
export function dotLegend(
  entries: readonly { readonly label: string; readonly colour: string }[],
  palette: Palette,
): string {
  let x = 66;
  return entries
    .map(({ label, colour }) => {
      const entry =
        element('circle', { cx: x, cy: 8, r: 4.5, fill: colour }) +
        text(label, x + 10, 12, { 'font-size': 12, fill: palette.ink });
      x += 40 + textWidth(label, 12);
      return entry;
    })
    .join('');
}

/** A row of coloured dots naming the kinds of blocks, wrapped at `maxWidth`; `height` is what it takes. */
export function kindLegend(
  kinds: Iterable<string>,
  palette: Palette,
  maxWidth: number,
): { readonly body: string; readonly height: number } {
  const fontSize = 11;
  const lineHeight = 18;
  let x = 0;
  let y = 0;
  const entries: string[] = [];
  for (const kind of orderedKinds(kinds)) {
    const label = kindLabel(kind);
    const width = 14 + textWidth(label, fontSize) + 16;
    if (x > 0 && x + width > maxWidth) {
      x = 0;
      y += lineHeight;
    }
    entries.push(element('circle', { cx: x + 5, cy: y + 8, r: 4.5, fill: kindColour(palette, kind) }));
    entries.push(text(label, x + 14, y + 12, { 'font-size': fontSize, fill: palette.ink }));
    x += width;
  }
  return { body: entries.join(''), height: entries.length === 0 ? 0 : y + lineHeight };
}

/** The chart as an SVG file of its own, with title and caption; its palette must be one of literal colours. */
export function standaloneSvg(chart: Chart, palette: Palette): string {
  const width = Math.max(chart.width, 480) + 2 * PADDING;
  const titles = wrapText(chart.title, TITLE_SIZE * 1.08, width - 2 * PADDING);
  const captions = wrapText(chart.caption, CAPTION_SIZE, width - 2 * PADDING);
  const captionTop = PADDING + titles.length * 22 + 4;
  const bodyTop = captionTop + captions.length * CAPTION_LINE + 12;
  const height = bodyTop + chart.height + PADDING;
  const head = [
    ...titles.map((line, index) =>
      text(line, PADDING, PADDING + 14 + 22 * index, {
        'font-size': TITLE_SIZE,
        'font-weight': 'bold',
        fill: palette.ink,
      }),
    ),
    ...captions.map((line, index) =>
      text(line, PADDING, captionTop + 10 + CAPTION_LINE * index, {
        'font-size': CAPTION_SIZE,
        fill: palette.muted,
      }),
    ),
  ];
  const size = `width="${coordinate(width)}" height="${coordinate(height)}" viewBox="0 0 ${coordinate(width)} ${coordinate(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size} font-family="${FONT_FAMILY}" role="img">`,
    `<title>${escapeMarkup(chart.title)}</title>`,
    `<desc>${escapeMarkup(chart.caption)}</desc>`,
    element('rect', { width, height, fill: palette.background }),
    ...head,
    `<g transform="translate(${PADDING},${coordinate(bodyTop)})">${chart.body}</g>`,
    '</svg>\n',
  ].join('\n');
}

/** The chart as an `svg` element inside a page, which sets the font and shows title and caption itself. */
export function inlineSvg(chart: Chart): string {
  const size = `width="${coordinate(chart.width)}" height="${coordinate(chart.height)}" viewBox="0 0 ${coordinate(chart.width)} ${coordinate(chart.height)}"`;
  return `<svg ${size} style="min-width:${coordinate(chart.minWidth)}px" role="img" aria-label="${escapeMarkup(chart.title)}">${chart.body}</svg>`;
}
