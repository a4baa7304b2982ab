/** Builds the dashboard's page into dist/web/dashboard, from where `hesscope serve` sends it. */
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run dev:web` finds a `hesscope serve` that answers the API. */
const server = process.env.HESSCOPE_SERVER ?? 'http://127.0.0.1:4242';

export default defineConfig({
  root: here('.'),
  plugins: [preact()],
  build: {
    outDir: here('../../dist/web/dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // Data addresses in style sheets and scripts would need exceptions from the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      // The server checks Host and Origin.
      '/api': { target: server, changeOrigin: true, headers: { origin: server } },
    },
  },
});
