/** The page as it is built, served over a copy of real runs. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Dashboard } from '../../../src/app/server/server.ts';
import { compiledModule } from '../../compiled/compiled.ts';
import { realRuns } from './real-runs.ts';

type Server = typeof import('../../../src/app/server/server.ts');

const { startDashboard } = await compiledModule<Server>('app/server/server.ts');

/** A server of a test's own. */
export interface ServedPage {
  readonly url: string;
  /** The folder that is served; the test may change it. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Builds the page from the sources, so that tests never look at an old one. */
async function builtPage(into: string): Promise<string> {
  await build({
    configFile: fileURLToPath(new URL('../../../web/dashboard/vite.config.ts', import.meta.url)),
    build: { outDir: into },
    logLevel: 'warn',
  });
  return into;
}

/** Builds the page and serves it over a copy of the runs, on a port of its own. */
export async function servePage(): Promise<ServedPage> {
  const place = await mkdtemp(join(tmpdir(), 'hesscope-dashboard-'));
  const folder = join(place, 'runs');
  await cp(await realRuns(), folder, { recursive: true, preserveTimestamps: true });
  const bugs: unknown[] = [];
  const server: Dashboard = await startDashboard({
    folder,
    host: '127.0.0.1',
    port: 0,
    mayMove: false,
    token: null,
    pageFolder: await builtPage(join(place, 'page')),
    onBug: (error) => bugs.push(error),
  });
  return {
    url: server.url,
    folder,
    close: async () => {
      server.stopJobs();
      await server.close();
      await rm(place, { recursive: true, force: true });
      if (bugs.length > 0) throw new AggregateError(bugs, 'The server has met bugs.');
    },
  };
}
