/** A reader's ONNX file as what is measured: its weights, and arrays that were given or are drawn. */
import { UserError } from '../../../src/errors.ts';
import { arrayDataset } from '../../../src/network/data/arrays.ts';
import type { ArrayDataset } from '../../../src/network/data/dataset.ts';
import { decodeArrays } from '../../../src/network/data/npy.ts';
import { checkInputs, type ImportedNetwork, networkOf } from '../../../src/network/models/imported.ts';
import { ignoredClassOf, type LossName, targetDType } from '../../../src/network/models/losses.ts';
import type { SpectrumRequest } from '../../../src/study/spectrum/request.ts';
import type { OpenedSubject } from '../../../src/study/spectrum/subject.ts';
import { decodeOnnx, type OnnxModel } from '../../../src/tensor/onnx/import/decode.ts';
import type { ExternalData } from '../../../src/tensor/onnx/import/tensor-values.ts';
import { drawnArrays, fittingLoss, outputType } from './drawn-arrays.ts';
import type { HeldFile, OwnNetwork } from './protocol.ts';

/**
 * Opens a network from its bytes.
 * @throws UserError when they are no ONNX model, it has operators that are not known, or the arrays do not fit.
 */
export async function openOwnNetwork(own: OwnNetwork, request: SpectrumRequest): Promise<OpenedSubject> {
  const { model: file } = own;
  const decoded = decodeOnnx(file.bytes, { name: file.name, external: heldFiles(own.external) });
  const network = networkWithLoss(decoded, own, request);
  const data =
    own.inputs.length > 0
      ? await givenArrays(network, own, request)
      : drawnArrays(network, request.batch, request.microBatches, request.seed);
  checkInputs(network.inputs, data.microBatch(0).tensors);
  const record = { source: file.name, layout: 'ONNX', files: [], drawn: [], unused: [] };
  return { model: network.model, data, weights: { values: network.weights(request.precision), record } };
}

/** The loss that was chosen, else the one that goes with targets, else the one that the output's shape suggests. */
function networkWithLoss(decoded: OnnxModel, own: OwnNetwork, request: SpectrumRequest): ImportedNetwork {
  const name = own.model.name.replace(/\.onnx$/i, '');
  const withLoss = (loss: LossName) => networkOf(decoded, name, { loss });
  if (own.loss !== null) return withLoss(own.loss);
  if (own.inputs.length > 0) return withLoss(own.targets ? 'cross-entropy' : 'none');
  return withLoss(fittingLoss(outputType(withLoss('none'), request.batch)));
}

function givenArrays(
  network: ImportedNetwork,
  own: OwnNetwork,
  request: SpectrumRequest,
): Promise<ArrayDataset> {
  const { loss } = network;
  const files = new Map(
    [...own.inputs, ...(own.targets ? [own.targets] : [])].map((file) => [file.name, file]),
  );
  const wanted = {
    inputs: own.inputs.map(({ name }) => name),
    targets: own.targets?.name,
    wantedInputs: network.inputs,
    wantedTargets: targetDType(loss),
    ignoredClass: ignoredClassOf(loss),
    batchSize: request.batch,
    microBatches: request.microBatches === 'paper' ? 1 : request.microBatches,
    offset: request.offset,
  };
  return arrayDataset(wanted, async (place) => {
    const file = files.get(place) as HeldFile;
    return decodeArrays(file.bytes, file.name);
  });
}

/** Files that were opened together with the model; null where there were none. */
function heldFiles(files: readonly HeldFile[]): ExternalData | null {
  if (files.length === 0) return null;
  return {
    read: (location, offset, length, where) => {
      const name = location.split('/').at(-1);
      const file = files.find((held) => held.name === name);
      if (!file)
        throw new UserError(
          `${where}: expected its values in '${location}', which was not opened with the model; drop both together.`,
        );
      if (file.bytes.length < offset + length)
        throw new UserError(
          `${where}: expected ${length} bytes from byte ${offset} on in '${location}', found a file of ${file.bytes.length} bytes; it is cut off.`,
        );
      return file.bytes.subarray(offset, offset + length);
    },
  };
}
