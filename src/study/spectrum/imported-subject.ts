/** A request about a user's ONNX file made concrete: the network, its weights and the arrays it is measured on. */
import { basename } from 'node:path';
import { UserError } from '../../errors.ts';
import { arrayDataset } from '../../network/data/arrays.ts';
import type { ArrayDataset } from '../../network/data/dataset.ts';
import { readArrays } from '../../network/data/npy-file.ts';
import { readBlocksFile } from '../../network/models/blocks-file.ts';
import { checkInputs, type ImportedNetwork } from '../../network/models/imported.ts';
import { importNetwork } from '../../network/models/imported-file.ts';
import { ignoredClassOf, type LossName, targetDType } from '../../network/models/losses.ts';
import type { Model } from '../../network/models/model.ts';
import type { ParameterValues } from '../../network/models/parameters.ts';
import { hashFile, type WeightsRecord } from '../../network/models/weights/index.ts';
import type { SpectrumRequest } from './request.ts';

/** What a request about an ONNX file comes to. */
export interface ImportedSubject {
  readonly model: Model;
  readonly data: ArrayDataset;
  readonly weights: { readonly values: ParameterValues; readonly record: WeightsRecord };
}

/** Keys of a request that only ONNX files take. */
const IMPORT_KEYS = ['inputs', 'targets', 'loss', 'output', 'blocksFile'] as const;
/** Keys of a request that ONNX files do not take. */
const PRESET_KEYS = [
  'data',
  'tokenizer',
  'labels',
  'split',
  'field',
  'imageSize',
  'weights',
  'outputScale',
  'modelOptions',
] as const;

/** True when a model is named by an ONNX file. */
export function isOnnxFile(model: string): boolean {
  return model.toLowerCase().endsWith('.onnx');
}

/** @throws UserError when a request about one of hesscope's own models has what only ONNX files take. */
export function refuseImportKeys(request: SpectrumRequest): void {
  const key = IMPORT_KEYS.find((name) => request[name] !== undefined);
  if (key !== undefined)
    throw new UserError(
      `'${key}' belongs to networks from ONNX files, found it for the model '${request.model}'; leave it out.`,
    );
}

/**
 * Opens file, rules and arrays.
 * @throws UserError when one of them is missing, not sound, or does not fit the others.
 */
export async function openImportedSubject(request: SpectrumRequest): Promise<ImportedSubject> {
  const wrong = PRESET_KEYS.find((name) => request[name] !== undefined);
  if (wrong !== undefined)
    throw new UserError(
      `'${wrong}' belongs to hesscope's own models, found it for '${request.model}'; an ONNX file brings its weights and takes arrays by 'inputs' and 'targets'.`,
    );
  const network = await openNetwork(request);
  if (!request.inputs)
    throw new UserError(
      `Expected arrays for the inputs ${network.inputs.map(({ name }) => `'${name}'`).join(', ')} of '${request.model}', found none; give .npy or .npz files by 'inputs'.`,
    );
  const loss = lossNameOf(request);
  const wanted = {
    inputs: request.inputs,
    targets: request.targets,
    wantedInputs: network.inputs,
    wantedTargets: targetDType(loss),
    ignoredClass: ignoredClassOf(loss),
    batchSize: request.batch,
    microBatches: microBatchCount(request),
    offset: request.offset,
  };
  const data = await arrayDataset(wanted, readArrays);
  checkInputs(network.inputs, data.microBatch(0).tensors);
  return { model: network.model, data, weights: await weightsOf(network, request) };
}

/** The network of a request's ONNX file, without data. @throws UserError as `importNetwork` does. */
export async function openNetwork(request: SpectrumRequest): Promise<ImportedNetwork> {
  const rules = request.blocksFile === undefined ? [] : await readBlocksFile(request.blocksFile);
  return importNetwork(request.model, { loss: lossNameOf(request), output: request.output, rules });
}

/** The file's weights, and which file they are. */
export async function weightsOf(
  network: ImportedNetwork,
  { model, precision }: SpectrumRequest,
): Promise<ImportedSubject['weights']> {
  const record = {
    source: basename(model),
    layout: 'ONNX',
    files: [await hashFile(model)],
    drawn: [],
    unused: [],
  };
  return { values: network.weights(precision), record };
}

function lossNameOf({ loss, targets }: SpectrumRequest): LossName {
  return loss ?? (targets === undefined ? 'none' : 'cross-entropy');
}

function microBatchCount({ microBatches, model }: SpectrumRequest): number {
  if (microBatches !== 'paper') return microBatches;
  throw new UserError(`The paper names no batch for '${model}'; give 'microBatches' as a number.`);
}
