/** The small part of SVG that the page's files are made of. */

/** Text as it may stand in SVG. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

type Attributes = Readonly<Record<string, string | number>>;

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(typeof value === 'number' ? rounded(value) : value)}"`)
    .join('');
}

/** To hundredths of a pixel. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** An element with content that is SVG already. */
export function element(name: string, attributes: Attributes, content = ''): string {
  return `<${name}${attributesText(attributes)}>${content}</${name}>`;
}

/** A line of text. */
export function textLine(text: string, x: number, y: number, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(text));
}

/** A whole file: title and caption above what is drawn. */
export interface SvgPage {
  readonly title: string;
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  readonly body: string;
  readonly ink: string;
  readonly muted: string;
  readonly background: string;
}

/** Above the drawing. */
export const HEADER_HEIGHT = 56;
const CAPTION_LETTERS_PER_PIXEL = 0.165;

/** An SVG file; `body` is moved below title and caption. */
export function svgPage({ title, caption, width, height, body, ink, muted, background }: SvgPage): string {
  const most = Math.floor((width - 32) * CAPTION_LETTERS_PER_PIXEL);
  const line = caption.length > most ? `${caption.slice(0, most - 1)}…` : caption;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height + HEADER_HEIGHT}`,
      width,
      height: height + HEADER_HEIGHT,
      'font-family': "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
      'font-size': 11,
    },
    element('rect', { width, height: height + HEADER_HEIGHT, fill: background }) +
      textLine(title, 16, 24, { 'font-size': 16, 'font-weight': 600, fill: ink }) +
      textLine(line, 16, 43, { fill: muted }) +
      element('g', { transform: `translate(0 ${HEADER_HEIGHT})` }, body),
  );
}
