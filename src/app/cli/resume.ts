/** Which run a request goes on with, and whether it is the same request. */
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { parseSpectrumRequest, type SpectrumRequest } from '../../study/spectrum/request.ts';
import { listRuns, readRun } from '../runs/directory.ts';

/** A run to go on with and the request it was made with. */
export interface Resumable {
  readonly path: string;
  readonly request: SpectrumRequest;
}

/**
 * Finds the run to resume: the one at `out`, or the newest unfinished one under `parent` that fits what was asked.
 *
 * @param input the choices given now; each must be that of the run.
 * @throws UserError when there is none, or a choice differs, naming it.
 */
export async function findResumable(
  input: Readonly<Record<string, unknown>>,
  out: string | undefined,
  parent: string,
): Promise<Resumable> {
  parseSpectrumRequest(input);
  if (out !== undefined) return openResumable(out, input);
  for (const name of (await listRuns(parent)).reverse()) {
    const path = join(parent, name);
    const { run } = await readRun(path);
    if (run.kind === 'training') continue;
    const request = parseSpectrumRequest(run.request);
    if (run.status !== 'finished' && differingChoices(input, request).length === 0) return { path, request };
  }
  throw new UserError(
    `There is no unfinished run under '${parent}' that fits these choices; name one with --out, or leave --resume out to start anew.`,
  );
}

async function openResumable(path: string, input: Readonly<Record<string, unknown>>): Promise<Resumable> {
  const { run } = await readRun(path);
  if (run.kind === 'training')
    throw new UserError(
      `The run at '${path}' is a training; go on with it by 'hesscope train --out ${path} --resume'.`,
    );
  const request = parseSpectrumRequest(run.request);
  const different = differingChoices(input, request);
  if (different.length > 0)
    throw new UserError(
      `The run at '${path}' was made with other choices: ${different.join('; ')}. Give the same ones, or choose another --out for a new run.`,
    );
  return { path, request };
}
