/** Model and data of a measurement in the page: a preset on embedded or own data, or an ONNX file. */
import { UserError } from '../../../src/errors.ts';
import type { SourceDataset } from '../../../src/network/data/dataset.ts';
import { digitImages } from '../../../src/network/data/digit-images.ts';
import { imageDataset } from '../../../src/network/data/images.ts';
import { textTask } from '../../../src/network/data/text-task.ts';
import { MODEL_PRESETS, type ModelPreset } from '../../../src/network/models/index.ts';
import { dataRequestOf, fittedModel, optionsOf } from '../../../src/study/model/fit.ts';
import { microBatchesOf } from '../../../src/study/spectrum/preset-choices.ts';
import type { SpectrumRequest } from '../../../src/study/spectrum/request.ts';
import { type OpenedSubject, type Subject, subjectOf } from '../../../src/study/spectrum/subject.ts';
import { fetchDigits, fetchText } from './embedded-data.ts';
import { openOwnNetwork } from './own-network.ts';
import type { MeasureMessage } from './protocol.ts';

/**
 * Opens what is to be measured.
 * @throws UserError for a model that the page does not have, or data that do not fit it.
 */
export async function openSubject(message: MeasureMessage, request: SpectrumRequest): Promise<Subject> {
  const opened = message.network
    ? await openOwnNetwork(message.network, request)
    : await openPreset(message, request);
  return subjectOf(opened, request);
}

async function openPreset(message: MeasureMessage, request: SpectrumRequest): Promise<OpenedSubject> {
  const preset = MODEL_PRESETS[request.model];
  if (!preset)
    throw new UserError(
      `There is no model '${request.model}' in this page; choose one of its list, or open an ONNX file.`,
    );
  const options = optionsOf(request, preset);
  const cut = {
    batchSize: request.batch,
    microBatches: microBatchesOf(request, preset, options),
    offset: request.offset,
  };
  const data = await openData(message, preset, dataRequestOf(request, preset, options, cut));
  return { model: fittedModel(preset, data, options), data, weights: null };
}

async function openData(
  { text, assets }: MeasureMessage,
  { dataKind, tokenizer }: ModelPreset,
  wanted: ReturnType<typeof dataRequestOf>,
): Promise<SourceDataset> {
  if (dataKind === 'images') {
    const { pixels, labels } = await fetchDigits(assets);
    return imageDataset(digitImages(pixels, labels), { ...wanted, standardisation: wanted.imageInput });
  }
  if (tokenizer !== 'character')
    throw new UserError(
      `The model takes tokens of '${tokenizer}', whose tables this page does not have; choose a model that reads characters.`,
    );
  return textTask(text ? ownText(text.name, text.text) : await fetchText(assets), {
    ...wanted,
    tokenizer: undefined,
  });
}

function ownText(name: string, text: string) {
  return { name, description: `the text ${name}`, pieces: () => [text] };
}
