/** The models on which SGD and AdamW are compared, small and of the paper's size, with what the paper says of each. */
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import type { Architecture } from '../advice/calibration.ts';
import type { FigureRequest } from './request.ts';

/** What the paper says of SGD beside Adam on a model; null where it says nothing. */
export type Expectation = 'on par' | 'worse' | null;

/** A model of a comparison, with the budget that each of its trainings has. */
export interface Family {
  /** What results, folders and requests call it: the model, and what sets it apart from others of that model. */
  readonly name: string;
  /** The preset. */
  readonly model: string;
  readonly kind: 'CNN' | 'transformer' | 'other';
  /** What someone would guess from who reads the name alone. */
  readonly architecture: Architecture;
  readonly dataKind: 'images' | 'text';
  readonly expectation: Expectation;
  /** Where the paper says it. */
  readonly source: string;
  readonly settings: FamilySettings;
}

/** Keys of a training request. */
export interface FamilySettings {
  readonly steps: number;
  readonly batch: number;
  readonly accumulation?: number;
  readonly warmup?: number;
  readonly weightDecay?: number;
  readonly dropout?: number;
  readonly examples?: number;
  readonly validationShare?: number;
  readonly tokenizer?: string;
  readonly outputScale?: number;
  readonly modelOptions?: Readonly<Record<string, string | number | boolean>>;
}

const IMAGES: FamilySettings = { steps: 300, batch: 32 };
/** Moby-Dick has tens of thousands of sequences; a tenth of these is quick to be judged by. */
const TEXT: FamilySettings = { steps: 400, batch: 32, warmup: 20, examples: 8000 };
const QUICK: Partial<FamilySettings> = { steps: 20, batch: 16, warmup: 0, examples: 640 };

/** timm starts the Mixer's head at zero, and then the Hessian of nearly every block is zero too. */
const RANDOM_HEAD = { modelOptions: { head: 'random' } } as const;

/** Constants c of D.3 that stand for all of them: from 8 on SGD diverges in Figure 5 (a). */
const SCALES = [2, 4, 6, 8];

const SMALL: readonly Family[] = [
  cnn('resnet18-pico', IMAGES),
  cnn('vgg16-pico', IMAGES),
  transformer('vit-pico', 'images', IMAGES),
  // A pair of sentences takes more text than a sequence: Moby-Dick has 5,875 of them.
  transformer('bert-pico', 'text', { ...TEXT, examples: 5000 }),
  transformer('gpt-pico', 'text', TEXT),
  mixer('mixer-pico', IMAGES),
  unclaimed('mamba-pico', 'state-space', 'text', TEXT),
  unclaimed('mlp', 'perceptron', 'images', IMAGES),
  ...SCALES.map(scaled),
];

/**
 * The paper's models. Steps and batches are the defaults of the code bases that D.1 names: PyTorch's ImageNet example
 * (90 epochs), timm (300 epochs), the BERT tutorial (20 epochs of 221,000 pairs), nanoGPT (shakespeare_char and gpt2).
 */
const FULL_SIZE: readonly Family[] = [
  cnn('resnet18', { steps: 450_360, batch: 256, weightDecay: 1e-4 }),
  cnn('vgg16', { steps: 450_360, batch: 256, weightDecay: 1e-4 }),
  transformer('vit-base', 'images', { steps: 375_300, batch: 128, accumulation: 8, weightDecay: 0.05 }),
  transformer('bert-40m', 'text', { steps: 138_000, batch: 32, warmup: 10_000, weightDecay: 0.01 }),
  transformer('gpt-nano', 'text', { steps: 5000, batch: 64, warmup: 100, weightDecay: 0.1, dropout: 0.2 }),
  transformer('gpt2-paper', 'text', {
    steps: 600_000,
    batch: 12,
    accumulation: 40,
    warmup: 2000,
    weightDecay: 0.1,
  }),
  mixer('mixer-base', { steps: 375_300, batch: 128, accumulation: 8, weightDecay: 0.05 }),
  unclaimed('mamba-nano', 'state-space', 'text', { steps: 5000, batch: 64, warmup: 100, weightDecay: 0.1 }),
];

/** What the paper says of an architecture, and where. */
type Saying = Pick<Family, 'kind' | 'architecture' | 'expectation' | 'source'>;

function cnn(model: string, settings: FamilySettings): Family {
  const saying: Saying = {
    kind: 'CNN',
    architecture: 'convolution',
    expectation: 'on par',
    source: 'Figure 9, Section 2.1',
  };
  return { name: model, model, dataKind: 'images', settings, ...saying };
}

function transformer(model: string, dataKind: Family['dataKind'], settings: FamilySettings): Family {
  const saying: Saying = {
    kind: 'transformer',
    architecture: 'attention',
    expectation: 'worse',
    source: 'Figure 10, Section 2.1',
  };
  return { name: model, model, dataKind, settings, ...saying };
}

function mixer(model: string, given: FamilySettings): Family {
  const saying: Saying = {
    kind: 'other',
    architecture: 'mixer',
    expectation: 'worse',
    source: 'Figure 5 (c), Section 2.4',
  };
  return { name: model, model, dataKind: 'images', settings: { ...given, ...RANDOM_HEAD }, ...saying };
}

/**
 * One of which the paper makes no claim: Mamba, which it names among the architectures with little experience, and the
 * MLP of Figure 5 (a) with c = 1.
 */
function unclaimed(
  model: string,
  architecture: Family['architecture'],
  dataKind: Family['dataKind'],
  settings: FamilySettings,
): Family {
  const saying: Saying = { kind: 'other', architecture, expectation: null, source: '' };
  return { name: model, model, dataKind, settings, ...saying };
}

/** The MLP of Figure 5 (a), whose heterogeneity the constant c makes; that of c = 1 is the MLP itself. */
function scaled(outputScale: number): Family {
  const family = unclaimed('mlp', 'perceptron', 'images', { ...IMAGES, outputScale });
  return { ...family, name: `mlp-c-${outputScale}` };
}

/**
 * The families of a figure, with the settings that a request changes.
 *
 * @param belongs which families the figure has.
 * @throws UserError for a model that is not among them, and for models of the paper's size without data.
 */
export function familiesOf(request: FigureRequest, belongs: (family: Family) => boolean): Family[] {
  const { quick, fullSize, steps, batch, examples } = request;
  if (quick && fullSize)
    throw new UserError("'quick' makes the small models smaller still and 'fullSize' leaves them; give one.");
  const all = (fullSize ? FULL_SIZE : SMALL).filter(belongs);
  const chosen = request.models ? request.models.map((model) => familyNamed(model, all)) : all;
  if (fullSize) refuseEmbeddedData(request, chosen);
  const changes = Object.fromEntries(
    Object.entries({ steps, batch, examples }).filter(([, value]) => value !== undefined),
  );
  return chosen.map((family) => ({
    ...family,
    settings: { ...family.settings, ...(quick ? QUICK : {}), ...changes },
  }));
}

function familyNamed(model: string, families: readonly Family[]): Family {
  const found = families.find((family) => family.name === model);
  if (found) return found;
  const names = families.map((family) => family.name);
  throw new UserError(
    `'models': expected models of this figure, found '${model}'; did you mean '${nearMatches(model, names, 1)[0]}'? It has ${names.join(', ')}.`,
  );
}

/** The embedded data are too small for these models, so that a gap on them would say nothing. */
function refuseEmbeddedData(request: FigureRequest, families: readonly Family[]): void {
  for (const kind of ['images', 'text'] as const) {
    const models = families.filter(({ dataKind }) => dataKind === kind).map(({ name }) => name);
    if (models.length > 0 && request[kind] === undefined)
      throw new UserError(
        `${models.join(', ')} of the paper's size: expected data by '--${kind} <path>', found none; name ${kind === 'images' ? 'a folder of pictures such as ImageNet' : 'a text such as OpenWebText'}.`,
      );
  }
}
