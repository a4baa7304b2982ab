/** What a form for new work offers: models, data, and the choices of a request as its own schema describes them. */
import { z } from 'zod';
import { cachedData, DATA_SETS } from '../../../network/catalogue/index.ts';
import { kindOfSource } from '../../../network/data/index.ts';
import { MODEL_PRESETS, type ModelPreset } from '../../../network/models/index.ts';
import { parameterCount } from '../../../network/models/model.ts';
import { spectrumRequestSchema } from '../../../study/spectrum/request.ts';
import { trainingRequestSchema } from '../../../study/training/request.ts';
import type { Choice, Form } from '../contract/jobs.ts';

/** The data sets that come with hesscope. */
const EMBEDDED: Form['data'] = [
  { name: 'moby-dick', dataKind: 'text', description: 'Moby-Dick by Herman Melville' },
  { name: 'countries', dataKind: 'text', description: 'questions about countries with their answers' },
  { name: 'digits', dataKind: 'images', description: '10,000 handwritten digits of MNIST' },
];

/** Characters that occur in Moby-Dick: models that read characters take their vocabulary from the text. */
const CHARACTERS = 81;

export async function describeForm(): Promise<Form> {
  return {
    models: Object.entries(MODEL_PRESETS).map(([name, preset]) => ({
      name,
      description: preset.summary,
      dataKind: preset.dataKind === 'images' ? 'images' : 'text',
      parameterCount: sizeOf(preset),
    })),
    data: [...EMBEDDED, ...(await fetchedData())],
    choices: choicesOf(spectrumRequestSchema),
    trainingChoices: choicesOf(trainingRequestSchema),
  };
}

function sizeOf(preset: ModelPreset): number {
  return parameterCount(
    preset.create(preset.tokenizer === 'character' ? { vocabularySize: CHARACTERS } : {}),
  );
}

/** Those of the catalogue that are in the cache. */
async function fetchedData(): Promise<Form['data']> {
  const found = await Promise.all(
    Object.entries(DATA_SETS).map(async ([name, { summary }]) => {
      const place = await cachedData(name);
      const dataKind = place && (await kindOfSource(place).catch(() => null));
      return dataKind ? [{ name, dataKind, description: summary }] : [];
    }),
  );
  return found.flat();
}

/** What JSON Schema says of one key of a request. */
const propertySchema = z.looseObject({
  description: z.string().default(''),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  const: z.string().optional(),
  default: z.unknown().optional(),
});
type Property = z.output<typeof propertySchema>;

const alternativesSchema = propertySchema.extend({ anyOf: z.array(propertySchema).optional() });

function choicesOf(schema: z.ZodObject): Choice[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).flatMap(([key, value]) => {
    const { anyOf, ...property } = alternativesSchema.parse(value);
    const alternatives = anyOf ?? [property];
    const type = typeOf(alternatives);
    if (type === null) return [];
    const options = alternatives.flatMap((alternative) => alternative.enum ?? alternative.const ?? []);
    return [{ key, description: property.description, type, options, default: defaultOf(property) }];
  });
}

/** Null for lists and records, which no single field of a form holds. */
function typeOf(alternatives: readonly Property[]): Choice['type'] | null {
  const types = alternatives.map(({ type }) => type);
  if (types.some((type) => type === 'integer' || type === 'number')) return 'number';
  if (types.every((type) => type === 'boolean')) return 'boolean';
  if (!types.every((type) => type === 'string')) return null;
  return alternatives.every((alternative) => alternative.enum) ? 'one-of' : 'text';
}

function defaultOf({ default: given }: Property): Choice['default'] {
  return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean' ? given : null;
}
