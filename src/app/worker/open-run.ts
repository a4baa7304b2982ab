/** The directory of a job: a new one, or one to go on with, for which nothing may have changed. */
import { UserError } from '../../errors.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { completeChoices, parseSpectrumRequest, type SpectrumRequest } from '../../study/spectrum/request.ts';
import type { Subject } from '../../study/spectrum/subject.ts';
import { createRunDirectory, openRunDirectory, type RunDirectory } from '../runs/directory.ts';
import { measurementStart } from '../runs/measured.ts';
import { dataDigest, refuseOtherData } from './data-digest.ts';
import type { SpectrumJob } from './protocol.ts';
import { refuseOtherWeights } from './same-weights.ts';

/**
 * Makes or opens the directory of a job and holds its lock.
 *
 * @throws UserError when the run to go on with was made with other choices, weights or data, or cannot be written to.
 */
export async function openRun(
  { request, place }: SpectrumJob,
  subject: Subject,
  environment: Record<string, string | number>,
): Promise<RunDirectory> {
  if ('resume' in place) {
    const directory = await openRunDirectory(place.resume);
    try {
      refuseOtherRequest(directory, request);
      refuseOtherWeights(directory, subject.weights);
      refuseOtherData(directory, subject.data);
      await directory.updateRun({ status: 'running', error: null, environment });
      return directory;
    } catch (error) {
      await directory.close();
      throw error;
    }
  }
  const digest = dataDigest(subject.data);
  return createRunDirectory(place, measurementStart(subject, request, environment, digest));
}

/** A run holds the work of one request. @throws UserError naming what differs. */
function refuseOtherRequest({ path, run }: RunDirectory, request: SpectrumRequest): void {
  const different = differingChoices(completeChoices(request), parseSpectrumRequest(run.request));
  if (different.length > 0)
    throw new UserError(
      `The run at '${path}' was made with other choices: ${different.join('; ')}. Give the same ones, or choose another place for a new run.`,
    );
}
