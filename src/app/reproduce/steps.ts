/** Commands that several figures have in common, and what is read of their results. */
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { MODEL_PRESETS } from '../../network/models/index.ts';
import { HEADLINE } from '../../study/figures/figure-7.ts';
import { type FigureRecord, figureFolder } from '../experiments/figure.ts';
import { readRun } from '../runs/directory.ts';
import { readKeptRecord } from '../runs/kept-record.ts';
import type { Conclusion, FolderOf, ReproductionChoices, Step } from './definition.ts';

/** The folder that all training figures share, and with it their trainings. */
const FIGURES = 'figures';

/** A training figure, of some models only where they are named. */
export interface FigurePart {
  readonly name: string;
  readonly models?: readonly string[];
}

/** `hesscope figure`. */
export function figureStep({ name, models }: FigurePart, { size, images, text }: ReproductionChoices): Step {
  // 5a, 14 and 6 have no larger models: their size is that of the paper already, or of what there is.
  const hasPaperSize = ['7', '9', '10'].includes(name);
  const data = [...(images ? ['--images', images] : []), ...(text ? ['--text', text] : [])];
  const sizes =
    size === 'quick' ? ['--quick'] : size === 'paper' && hasPaperSize ? ['--full-size', ...data] : [];
  const selection = models ? ['--models', models.join(',')] : [];
  return { folder: FIGURES, args: ['figure', name, ...sizes, ...selection] };
}

/** What a training figure says: its claims, picture and numbers. */
export async function figureConclusion(
  { name, models }: FigurePart,
  folderOf: FolderOf,
): Promise<Conclusion> {
  const path = join(folderOf(FIGURES), figureFolder(name, models));
  const { claims, notes, numbers, title } = await readResult<FigureRecord>(join(path, 'figure.json'), {
    claims: 'list',
    notes: 'list',
    numbers: 'object',
    title: 'string',
  });
  return {
    claims,
    pictures: [{ path: join(path, 'figure'), caption: title }],
    found: claims.map(({ text, verdict, found }) => `${text} ${verdict}: ${found}.`).join(' '),
    notes,
    numbers,
  };
}

/** A model whose blocks are measured at initialisation, with its place in the paper. */
export interface MeasuredModel {
  /** The preset. */
  readonly model: string;
  readonly label: string;
  readonly kind: 'CNN' | 'transformer' | 'other';
  /** JS0 in Table 1. */
  readonly paperJs0: number;
}

const SMALL_MODELS: readonly MeasuredModel[] = [
  { model: 'resnet18-pico', label: 'ResNet18', kind: 'CNN', paperJs0: 0.1 },
  { model: 'vgg16-pico', label: 'VGG16', kind: 'CNN', paperJs0: 0.09 },
  { model: 'mixer-pico', label: 'MLP-mixer', kind: 'other', paperJs0: 34.9 },
  { model: 'bert-pico', label: 'BERT', kind: 'transformer', paperJs0: 53.38 },
  { model: 'gpt-pico', label: 'GPT2', kind: 'transformer', paperJs0: 83.23 },
  { model: 'vit-pico', label: 'ViT', kind: 'transformer', paperJs0: 286.41 },
];

const PAPER_PRESETS: Readonly<Record<string, string>> = {
  'resnet18-pico': 'resnet18',
  'vgg16-pico': 'vgg16',
  'mixer-pico': 'mixer-base',
  'bert-pico': 'bert-40m',
  'gpt-pico': 'gpt2-paper',
  'vit-pico': 'vit-base',
};

/** The models of Table 1 at a size; the pretrained GPT2 is `trainedStep`'s. */
export function measuredModels({ size }: ReproductionChoices): MeasuredModel[] {
  return SMALL_MODELS.map((entry) =>
    size === 'paper' ? { ...entry, model: PAPER_PRESETS[entry.model] as string } : entry,
  );
}

/** One of them, by its place in the paper. */
export function measuredModel(label: string, choices: ReproductionChoices): MeasuredModel {
  return measuredModels(choices).find((entry) => entry.label === label) as MeasuredModel;
}

/** `--data` for a model of the paper's size, where data were named; small models take what comes with hesscope. */
export function dataOf(model: string, { size, images, text }: ReproductionChoices): string[] {
  const source = MODEL_PRESETS[model]?.dataKind === 'images' ? images : text;
  return size === 'paper' && source ? ['--data', source] : [];
}

/** Probes and steps of a measurement. */
export const MEASUREMENT = { quick: ['--probes', '4', '--steps', '30'], small: [], paper: [] } as const;

/** The blockwise spectra of a model at initialisation. */
export function spectrumStep({ model }: MeasuredModel, choices: ReproductionChoices): Step {
  return {
    folder: spectraOf(model),
    args: [
      ...['spectrum', '--model', model],
      ...dataOf(model, choices),
      // With its own head at zero nearly every block of the Mixer is zero.
      ...(model.startsWith('mixer') ? ['--set', 'head=random'] : []),
      ...MEASUREMENT[choices.size],
      ...(choices.size === 'paper' ? ['--blocks', 'paper', '--micro-batches', 'paper'] : ['--no-full']),
    ],
  };
}

/** The folder of a model's spectra at initialisation. */
export const spectraOf = (model: string) => `spectra/${model}`;

/** JS0 by the headline definition, and what two equal spectra would seem to differ by. */
export interface JsZero {
  readonly mean: number;
  readonly standardError: number | null;
  readonly noiseFloor: number | null;
}

export async function jsZeroOf(path: string): Promise<JsZero> {
  const { distances } = await readRun(path);
  const headline = distances?.definitions.find(({ definition }) => definition === HEADLINE);
  if (!headline) throw new UserError(`Expected distances between blocks in '${path}', found none.`);
  const { js0, noiseFloor } = headline;
  return { mean: js0.mean, standardError: js0.standardError, noiseFloor };
}

export const HEATMAP = `heatmap-${HEADLINE}`;

/** What a step has left. @param fields that are read of it. @throws UserError for a file that is damaged or gone. */
export async function readResult<Value extends object>(
  path: string,
  fields: Parameters<typeof readKeptRecord<Value>>[1],
): Promise<Value> {
  const value = await readKeptRecord<Value>(path, fields);
  if (value === null) throw new UserError(`'${path}' is gone: expected what a step has left there`);
  return value;
}

/** A number as it stands in sentences. */
export const shown = (value: number) => String(Number(value.toPrecision(3)));
