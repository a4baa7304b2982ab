/** Pictures of coloured cells within charts. */
import * as Plot from '@observablehq/plot';
import { cellsToPng, type Rgba } from '../png.ts';
import { coordinate } from '../svg.ts';

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** A function from 0..1 to a viridis colour. */
export function viridis(): (share: number) => Rgba {
  const scale = Plot.scale({ color: { type: 'linear', domain: [0, 1], scheme: 'viridis' } });
  return (share) => {
    const colour = String(scale.apply(Math.min(1, Math.max(0, share))));
    const hex = HEX.exec(colour);
    const parts = hex
      ? hex.slice(1).map((digits) => Number.parseInt(digits, 16))
      : (colour.match(/\d+/g) ?? []).map(Number);
    if (parts.length < 3) throw new Error(`A scheme gives colours as hex or rgb, found ${colour}.`);
    return [parts[0]!, parts[1]!, parts[2]!, 255];
  };
}

/** Image pixels along a picture, at least: each cell gets a whole number of them, so that smoothing viewers blur edges only. */
const IMAGE_PIXELS = 500;

/** Rows of cells as an image over a rectangle. @param extra attributes of the element. */
export function pixelated(
  cells: readonly (readonly Rgba[])[],
  x: number,
  y: number,
  width: number,
  height: number,
  extra = '',
): string {
  const enlarged = Math.ceil(IMAGE_PIXELS / cells.length);
  const url = `data:image/png;base64,${Buffer.from(cellsToPng(cells, enlarged)).toString('base64')}`;
  const box = `x="${coordinate(x)}" y="${coordinate(y)}" width="${coordinate(width)}" height="${coordinate(height)}"`;
  return `<image ${box} preserveAspectRatio="none" image-rendering="optimizeSpeed" href="${url}"${extra}/>`;
}
