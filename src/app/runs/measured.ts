/** The records of a measurement, from what was asked and what came of it. */
import { DEFAULT_DISTANCE_SETTINGS, describeSigma } from '../../spectrum/index.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import { describeBlocks, type Subject } from '../../study/spectrum/subject.ts';
import type { SpectrumResult } from '../../study/spectrum/summarise.ts';
import { type DistancesFile, RUN_FORMAT_VERSION, type RunFile, type SpectraFile } from './records.ts';
import type { RunStart } from './start.ts';

/**
 * What is known of a measurement before its first product.
 * @param sha256 of the micro-batches; left out where the run is not to be gone on with.
 */
export function measurementStart(
  subject: Subject,
  request: SpectrumRequest,
  environment: RunFile['environment'],
  sha256?: string,
): RunStart {
  const { model, data } = subject;
  const blocks = describeBlocks(subject);
  return {
    kind: 'spectrum',
    request: { ...request },
    model: {
      name: model.name,
      parameterCount: subject.parameterCount,
      blockCount: blocks.length,
      options: model.options,
      notes: model.notes,
      weights: subject.weights?.record,
    },
    data: {
      description: data.description,
      examplesPerBatch: data.batchSize,
      microBatches: data.microBatchCount,
      sha256,
    },
    environment,
    blocks,
  };
}

/** `spectra.json` of a result. */
export function spectraFileOf({ full, blocks }: SpectrumResult): SpectraFile {
  const { sigma, gridPoints } = DEFAULT_DISTANCE_SETTINGS;
  return {
    version: RUN_FORMAT_VERSION,
    full,
    blocks,
    density: { sigmaRule: describeSigma(sigma), gridPoints },
  };
}

/** `distances.json` of a result; null with fewer than two blocks. */
export function distancesFileOf({ heterogeneity }: SpectrumResult): DistancesFile | null {
  return heterogeneity && { version: RUN_FORMAT_VERSION, ...heterogeneity };
}
