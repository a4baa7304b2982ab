import { renderPng } from '../report/index.ts';
import { writeAside } from '../runs/write.ts';

/** Writes a picture as `<path>.svg` and `<path>.png`. @param path without extension. */
export async function writePicture(path: string, svg: string): Promise<void> {
  await writeAside(`${path}.svg`, svg);
  await writeAside(`${path}.png`, renderPng(svg));
}
