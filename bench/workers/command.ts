import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandTimes, timeCommand } from './process-tree.ts';

/** The command as it is built. */
export const HESSCOPE = fileURLToPath(new URL('../../dist/app/cli/main.js', import.meta.url));

if (!existsSync(HESSCOPE)) throw new Error(`expected ${HESSCOPE}, found nothing: run npm run build first`);

/** Times a measurement in a folder that is taken away after it. */
export async function timeMeasurement(options: readonly string[]): Promise<CommandTimes> {
  const folder = await mkdtemp(join(tmpdir(), 'hesscope-workers-'));
  try {
    const place = ['--no-report', '--out', join(folder, 'run')];
    return await timeCommand(process.execPath, [HESSCOPE, 'spectrum', ...options, ...place]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
