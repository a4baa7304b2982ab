/** Cases that are done are kept, so that a comparison that was broken off goes on with the next. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJson } from '../../src/app/runs/write.ts';
import type { CaseRecord } from './results.ts';

/** What must be the same for a kept case to be taken over. */
export interface Circumstances {
  /** The revision of the sources. */
  readonly commit: string | null;
  readonly threads: number;
  readonly repeats: number;
}

interface KeptCase extends Circumstances {
  readonly record: CaseRecord;
}

/** A folder with a file for each case. */
export class KeptCases {
  private readonly folder: string;
  private readonly now: Circumstances;

  constructor(folder: string, now: Circumstances) {
    this.folder = folder;
    this.now = now;
  }

  async keep(record: CaseRecord): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const kept: KeptCase = { ...this.now, record };
    await writeJson(this.path(record.name), kept);
  }

  /** The record of a case, or null when it was not measured under the same circumstances. */
  async find(name: string): Promise<CaseRecord | null> {
    const text = await readFile(this.path(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return null;
    const { commit, threads, repeats, record } = JSON.parse(text) as KeptCase;
    const isSame = commit === this.now.commit && threads === this.now.threads && repeats === this.now.repeats;
    return isSame ? record : null;
  }

  private path(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
