import { openModelAndData } from '../model/open.ts';
import { isOnnxFile, openImportedSubject, refuseImportKeys } from './imported-subject.ts';
import { microBatchesOf } from './preset-choices.ts';
import type { SpectrumRequest } from './request.ts';
import { type OpenedSubject, type Subject, subjectOf } from './subject.ts';

/**
 * Opens the model and the data of a request and resolves its blocks.
 * @throws UserError for an unknown model, data that do not fit it, or a block that does not exist.
 */
export async function openSubject(request: SpectrumRequest): Promise<Subject> {
  const opened = isOnnxFile(request.model) ? await openImportedSubject(request) : await openOwnModel(request);
  return subjectOf(opened, request);
}

function openOwnModel(request: SpectrumRequest): Promise<OpenedSubject> {
  refuseImportKeys(request);
  return openModelAndData(request, (preset, options) => ({
    batchSize: request.batch,
    microBatches: microBatchesOf(request, preset, options),
    offset: request.offset,
  }));
}
