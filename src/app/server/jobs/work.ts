/** From what the page asks for to work in a child process. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSpectrumRequest } from '../../../study/spectrum/request.ts';
import { parseTrainingRequest } from '../../../study/training/request.ts';
import { RUN_FILE } from '../../runs/layout.ts';
import { parseRecordText } from '../../runs/schema.ts';
import { startJob, startTrainingJob } from '../../worker/host.ts';
import type { RunPlaceOrResume } from '../../worker/protocol.ts';
import { ApiError } from '../api-error.ts';
import type { JobInput } from '../contract/jobs.ts';
import type { Entry } from '../entries/catalogue.ts';
import { runTitle } from '../entries/run-line.ts';
import type { RunsFolder } from '../runs-folder.ts';
import type { Work } from './running-work.ts';

/** A new run below the runs folder. @throws UserError for choices that are not valid; ApiError when it takes none. */
export function newWork({ kind, input }: JobInput, { path, takesRuns }: RunsFolder): Work {
  if (!takesRuns)
    throw new ApiError(
      409,
      'The folder that is served is itself a run; serve the folder above it to begin new ones.',
    );
  return workOf(kind, input, { parent: path }, null);
}

/**
 * Goes on with a run from where it stands.
 *
 * @throws ApiError when there is nothing to go on with, or somebody does so already.
 */
export async function resumedWork({ folder, summary }: Entry): Promise<Work> {
  const { id, kind, status } = summary;
  if (kind !== 'spectrum' && kind !== 'training')
    throw new ApiError(
      409,
      `'${id}' is no run: what a command has written at its end has nothing left to do.`,
    );
  if (status === 'finished') throw new ApiError(409, `'${id}' is finished; there is nothing to go on with.`);
  if (status === 'running') throw new ApiError(409, `A process is at work on '${id}' already.`);
  const file = join(folder.path, RUN_FILE);
  const { request } = parseRecordText('run', await readFile(file, 'utf8'), file);
  return workOf(kind, request, { resume: folder.path }, folder.path);
}

function workOf(
  kind: JobInput['kind'],
  input: Readonly<Record<string, unknown>>,
  place: RunPlaceOrResume,
  path: string | null,
): Work {
  if (kind === 'training') {
    const request = parseTrainingRequest(input);
    return {
      kind,
      title: runTitle(kind, request.model, request),
      path,
      start: (onEvent) => startTrainingJob({ request, place }, onEvent),
    };
  }
  const request = parseSpectrumRequest(input);
  return {
    kind,
    title: runTitle(kind, request.model, request),
    path,
    start: (onEvent) => startJob({ request, place, report: true }, onEvent),
  };
}
