/** The playground as it is built, served as any host would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

/** A server of a test's own. */
export interface ServedPlayground {
  readonly url: string;
  close(): Promise<void>;
}

const CONFIG = fileURLToPath(new URL('../../../web/playground/vite.config.ts', import.meta.url));

/** Builds the page from the sources, so that tests never look at an old one, and serves it on a port of its own. */
export async function servePlayground(): Promise<ServedPlayground> {
  const place = await mkdtemp(join(tmpdir(), 'hesscope-playground-'));
  await build({ configFile: CONFIG, build: { outDir: place }, logLevel: 'warn' });
  const server = await preview({
    configFile: CONFIG,
    build: { outDir: place },
    preview: { port: 0, open: false },
    logLevel: 'warn',
  });
  const [url] = server.resolvedUrls?.local ?? [];
  if (!url) throw new Error('expected an address of the server, found none');
  return {
    url,
    close: async () => {
      await server.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}
