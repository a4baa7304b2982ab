/** Files that the built page fetches when they are wanted: the embedded data, and the runtime's WebAssembly. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { DIGIT_PIXELS } from '../../../src/network/data/digit-images.ts';
import { embeddedDigits } from '../../../src/network/data/digits.ts';
import { mobyDick } from '../../../src/network/data/moby-dick.ts';
import { DIGITS_FILE, RUNTIME_FOLDER, TEXT_FILE } from './asset-names.ts';

/** Enough for any batch that the page offers; all 10,000 would be 8 MB. */
const DIGITS = 1000;

/** Files of the runtime: on processors, and on GPUs. */
const RUNTIME_FILES = ['ort-wasm-simd-threaded', 'ort-wasm-simd-threaded.asyncify'].flatMap((stem) => [
  `${stem}.mjs`,
  `${stem}.wasm`,
]);

/** The content of each file, by its path below the page; made when it is asked for. */
function embeddedFiles(): ReadonlyMap<string, () => Promise<string | Uint8Array>> {
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  return new Map<string, () => Promise<string | Uint8Array>>([
    [TEXT_FILE, async () => [...(mobyDick().pieces() as Iterable<string>)].join('')],
    [DIGITS_FILE, async () => (await embeddedDigits()).pixels.slice(0, DIGITS * DIGIT_PIXELS)],
    ...RUNTIME_FILES.map(
      (name) => [`${RUNTIME_FOLDER}${name}`, () => readFile(join(runtime, name))] as const,
    ),
  ]);
}

const TYPES: Readonly<Record<string, string>> = {
  mjs: 'text/javascript',
  wasm: 'application/wasm',
  txt: 'text/plain; charset=utf-8',
  bin: 'application/octet-stream',
};

/** Puts the files into the built folder, and serves them while the page is worked on. */
export function embeddedFilesPlugin(): Plugin {
  return {
    name: 'hesscope-embedded-files',
    async generateBundle() {
      for (const [fileName, contentOf] of embeddedFiles())
        this.emitFile({ type: 'asset', fileName, source: await contentOf() });
    },
    configureServer(server) {
      const files = embeddedFiles();
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').replace(/[?#].*$/, '').slice(1);
        const contentOf = files.get(path);
        if (!contentOf) return next();
        contentOf().then((content) => {
          response.setHeader('content-type', TYPES[path.split('.').at(-1) as string] as string);
          response.end(content);
        }, next);
      });
    },
  };
}
