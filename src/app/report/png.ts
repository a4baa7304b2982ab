/** Pictures as PNG: charts rendered with the bundled fonts, and small pictures made of cells. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';

const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

function bundledFonts(): string[] {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('dejavu-fonts-ttf/package.json'));
  return FONT_FILES.map((file) => join(folder, 'ttf', file));
}

/**
 * Renders a standalone SVG with the bundled DejaVu fonts alone, so that the picture is the same on every machine.
 *
 * @param options.scale pixels for each unit of the SVG; 2 by default, for dense screens and print.
 * @returns the bytes of a PNG file.
 */
export function renderPng(svg: string, options: { readonly scale?: number } = {}): Uint8Array {
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: options.scale ?? 2 },
    font: { loadSystemFonts: false, fontFiles: bundledFonts(), defaultFontFamily: 'DejaVu Sans' },
  });
  return renderer.render().asPng();
}

/** Red, green, blue and opacity, each 0 to 255. */
export type Rgba = readonly [number, number, number, number];

const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/**
 * A picture of square cells in 8-bit RGBA.
 *
 * @param cells rows from top to bottom, all of one length.
 * @param side pixels along the side of a cell.
 * @returns the bytes of a PNG file.
 */
export function cellsToPng(cells: readonly (readonly Rgba[])[], side = 1): Uint8Array {
  const width = (cells[0]?.length ?? 0) * side;
  const height = cells.length * side;
  if (width === 0) throw new Error('A picture has at least one cell, found none.');
  const lines = cells.map((row, index) => {
    if (row.length * side !== width)
      throw new Error(`Row ${index} has ${row.length} cells, expected ${width / side}.`);
    const line = Buffer.alloc(1 + 4 * width);
    for (let x = 0; x < width; x++) line.set(row[Math.floor(x / side)]!, 1 + 4 * x);
    return line;
  });
  const raw = Buffer.concat(lines.flatMap((line) => new Array<Buffer>(side).fill(line)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ]);
}
