/** Builds the playground into dist/web/playground, a folder that any host can serve. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';
import { embeddedFilesPlugin } from './build/embedded-files.ts';
import { refuseNodePlugin } from './build/refuse-node.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('../../package.json'), 'utf8')) as { version: string };

/** The runtime's WebAssembly stands beside the page by itself, so its loader is not to bring another copy. */
const RUNTIME_CONDITION = 'onnxruntime-web-use-extern-wasm';

/** Isolated from other origins, a page may share memory between threads. */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** The policy of the page forbids scripts that are written into it, which a server for development needs. */
const developWithoutPolicy: Plugin = {
  name: 'hesscope-develop-without-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
};

export default defineConfig({
  root: here('.'),
  // Addresses relative to the page, so that it works below any path of a host.
  base: './',
  define: { __HESSCOPE_VERSION__: JSON.stringify(version) },
  plugins: [refuseNodePlugin(), preact(), embeddedFilesPlugin(), developWithoutPolicy],
  resolve: { conditions: [RUNTIME_CONDITION, 'module', 'browser', 'development|production'] },
  worker: { format: 'es', plugins: () => [refuseNodePlugin()] },
  build: {
    outDir: here('../../dist/web/playground'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', headers: ISOLATION },
  preview: { host: '127.0.0.1', headers: ISOLATION },
});
