import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import { refuseNodePlugin } from '../../../../web/playground/build/refuse-node.ts';

async function built(source: string) {
  const root = await mkdtemp(join(tmpdir(), 'hesscope-page-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'page.js'), source);
  return build({
    configFile: false,
    root,
    plugins: [refuseNodePlugin()],
    logLevel: 'silent',
    build: { write: false, rollupOptions: { input: join(root, 'page.js') } },
  });
}

test('a page that needs Node is not built, by whichever name it calls the module', async () => {
  await expect(built("import { readFile } from 'node:fs/promises'; readFile('x');")).rejects.toThrow(
    /found 'node:fs\/promises' imported by .*page\.js/,
  );
  await expect(built("import path from 'path'; path.join('a');")).rejects.toThrow(/found 'path'/);
});

test('a page that needs nothing of it is', async () => {
  await expect(built("document.title = 'page';")).resolves.toBeDefined();
});
