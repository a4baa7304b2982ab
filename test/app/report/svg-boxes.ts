/** Where the text of an SVG lies: boxes computed from positions, transforms, font sizes and anchors. */
import { parseHTML } from 'linkedom';
import { textWidth } from '../../../src/app/report/text-layout.ts';

export interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Frame {
  readonly x: number;
  readonly y: number;
  /** Whether text runs upwards here (turned by -90 degrees). */
  readonly turned: boolean;
}

interface Node {
  readonly tagName: string;
  readonly children: Iterable<Node>;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string | null }>;
  readonly parentElement: Node | null;
  getAttribute(name: string): string | null;
}

function inherited(node: Node, name: string): string | null {
  for (let at: Node | null = node; at !== null; at = at.parentElement) {
    const value = at.getAttribute(name);
    if (value !== null) return value;
  }
  return null;
}

function inside(frame: Frame, transform: string | null): Frame {
  let { x, y, turned } = frame;
  for (const [, kind, list] of (transform ?? '').matchAll(/(\w+)\(([^)]*)\)/g)) {
    const numbers = list!.split(/[ ,]+/).map(Number);
    if (turned) throw new Error('The reader of boxes knows no transform inside a turned element.');
    if (kind === 'translate') {
      x += numbers[0]!;
      y += numbers[1] ?? 0;
    } else if (kind === 'rotate' && numbers[0] === -90) {
      turned = true;
    } else {
      throw new Error(`The reader of boxes knows translate and rotate(-90, x, y), found ${transform}.`);
    }
  }
  return { x, y, turned };
}

function lengthInPixels(value: string | null, fontSize: number): number {
  if (value === null) return 0;
  return value.endsWith('em') ? Number(value.slice(0, -2)) * fontSize : Number(value);
}

function boxOf(node: Node, frame: Frame): Box {
  const fontSize = Number(inherited(node, 'font-size') ?? 16);
  const content = [...node.childNodes]
    .filter((child) => child.nodeType === 3)
    .map((child) => child.textContent ?? '')
    .join('');
  const width = textWidth(content, fontSize);
  const anchor = inherited(node, 'text-anchor') ?? 'start';
  const before = anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0;
  const x = frame.x + lengthInPixels(node.getAttribute('x'), fontSize);
  const y = frame.y + lengthInPixels(node.getAttribute('y'), fontSize);
  const ascent = 0.74 * fontSize;
  const descent = 0.2 * fontSize;
  // A text turned by -90 degrees about its own anchor runs upwards from it.
  if (frame.turned)
    return {
      text: content,
      left: x - ascent,
      right: x + descent,
      top: y - (width - before),
      bottom: y + before,
    };
  return { text: content, left: x - before, right: x - before + width, top: y - ascent, bottom: y + descent };
}

/** Boxes of all texts with a letter or digit in them. */
export function textBoxes(svg: string): Box[] {
  const { document } = parseHTML(`<html><body>${svg.slice(svg.indexOf('<svg'))}</body></html>`);
  const boxes: Box[] = [];
  const visit = (node: Node, frame: Frame): void => {
    const here = inside(frame, node.getAttribute('transform'));
    if (node.tagName.toLowerCase() === 'text') boxes.push(boxOf(node, here));
    for (const child of node.children) visit(child, here);
  };
  visit(document.querySelector('svg') as unknown as Node, { x: 0, y: 0, turned: false });
  return boxes.filter((box) => box.text.trim() !== '');
}

/** Pairs of texts that cover one another by more than a pixel both ways. */
export function overlaps(boxes: readonly Box[]): string[] {
  const found: string[] = [];
  for (const [index, a] of boxes.entries()) {
    for (const b of boxes.slice(index + 1)) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 1) found.push(`“${a.text}” and “${b.text}”`);
    }
  }
  return found;
}
