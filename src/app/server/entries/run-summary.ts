/** The line of the list that stands for a run, from its folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DISTANCES_FILE, RUN_FILE } from '../../runs/layout.ts';
import { parseRecordText } from '../../runs/schema.ts';
import type { FoundFolder } from './discover.ts';
import { readHeadlineDistance } from './headline-distance.ts';
import { type RecordedSummary, runLine } from './run-line.ts';

/** @throws UserError when `run.json` is not what it should be; Error when `distances.json` is not. */
export function runSummary({ path, names }: FoundFolder): RecordedSummary {
  const file = join(path, RUN_FILE);
  const run = parseRecordText('run', readFileSync(file, 'utf8'), file);
  return runLine(
    run,
    names.includes(DISTANCES_FILE) ? readHeadlineDistance(join(path, DISTANCES_FILE)) : null,
  );
}
