/** What a unit under way has come to, kept so that its next try goes on from there. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbeStore, SaveIntervals } from '../../study/spectrum/store.ts';
import { HashedFolder } from '../runs/hashed-folder.ts';
import { runStore } from '../worker/run-store.ts';

/** Vectors are saved less often than in a run of one process: units are short, and a workbench may be on another machine. */
const UNIT_SAVE_INTERVALS: SaveIntervals = { coefficientsMs: 60_000, vectorsMs: 60_000 };

/** The folder of a unit's workbench. */
export function workbenchPath(base: string, key: string): string {
  return join(base, key);
}

/**
 * Keeps a unit's probes in a folder of their own, laid out as in a run.
 *
 * @param onNotice is told of what an earlier try has left there and is damaged.
 */
export async function workbenchStore(
  base: string,
  key: string,
  onNotice: (text: string) => void,
): Promise<ProbeStore> {
  const folder = await HashedFolder.open(workbenchPath(base, key));
  for (const text of await folder.discardDamaged()) onNotice(text);
  return runStore(folder, UNIT_SAVE_INTERVALS);
}

/** Takes a workbench away whose unit is done. A folder that cannot be removed is left: it does no harm. */
export async function clearWorkbench(base: string, key: string): Promise<void> {
  await rm(workbenchPath(base, key), { recursive: true, force: true }).catch(() => undefined);
}
