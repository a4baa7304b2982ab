/** The data that come with the page: files beside it, fetched when a model first wants them. */
import { UserError } from '../../../src/errors.ts';
import { DIGIT_CLASSES, DIGIT_PIXELS } from '../../../src/network/data/digit-images.ts';
import { mobyDickText } from '../../../src/network/data/moby-dick-text.ts';
import type { TextSource } from '../../../src/network/data/text-source.ts';
import { DIGITS_FILE, TEXT_FILE } from '../build/asset-names.ts';

/** Moby-Dick, whole: the vocabulary of a model that reads characters is that of the whole text. */
export async function fetchText(assets: string): Promise<TextSource> {
  const text = await (await fetched(assets, TEXT_FILE)).text();
  return mobyDickText(() => [text]);
}

/** The first of the embedded digits, the ten classes in turn. */
export async function fetchDigits(assets: string): Promise<{ pixels: Uint8Array; labels: Uint8Array }> {
  const pixels = new Uint8Array(await (await fetched(assets, DIGITS_FILE)).arrayBuffer());
  const count = pixels.length / DIGIT_PIXELS;
  return { pixels, labels: Uint8Array.from({ length: count }, (_, index) => index % DIGIT_CLASSES) };
}

async function fetched(assets: string, file: string): Promise<Response> {
  const address = new URL(file, assets);
  const response = await fetch(address).catch((error: Error) => error);
  if (response instanceof Response && response.ok) return response;
  const found = response instanceof Response ? `status ${response.status}` : response.message;
  throw new UserError(
    `Expected the page's data at ${address.pathname}, found ${found}; serve the whole folder that was built.`,
  );
}
