import { join } from 'node:path';
import type { Claim } from '../../../study/claims.ts';
import type { Reproduction, ReproductionChoices } from '../definition.ts';
import { dataOf, readResult } from '../steps.ts';

const MODELS = {
  quick: ['resnet18-pico', 'gpt-pico'],
  small: ['resnet18-pico', 'vgg16-pico', 'gpt-pico', 'vit-pico'],
  paper: ['resnet18', 'vgg16', 'gpt2-paper', 'gpt-nano', 'vit-base'],
} as const;
/** Of a training. */
const STEPS = { quick: 120, small: 400, paper: 5000 } as const;
const MEASUREMENT = { quick: ['--probes', '2', '--steps', '40'], small: [], paper: [] } as const;

const trainingOf = (model: string) => `trainings/${model}`;
const stagesOf = (model: string) => `stages/${model}`;

function trainingArgs(model: string, choices: ReproductionChoices): string[] {
  return [
    ...['train', '--model', model],
    ...dataOf(model, choices),
    ...['--optimizer', 'adamw', '--learning-rate', '0.001', '--batch', '32'],
    ...['--steps', String(STEPS[choices.size]), '--checkpoints', '0,0.25,0.5,1'],
  ];
}

/** Full spectra along trainings. */
export const fig1: Reproduction = {
  name: 'fig1',
  title: 'Figure 1: full Hessian spectra of CNNs and Transformers along their trainings',
  paper:
    'The full spectra of VGG16, ResNet18, GPT2, GPT2-nano and ViT-base at several stages of their trainings, divided by the 10th largest eigenvalue, look alike: symmetric at initialisation, a bulk with some outliers later, and no telling CNNs from Transformers.',
  differs: ({ size }) =>
    size === 'paper'
      ? 'Trainings end after 5,000 steps.'
      : `Small models (${MODELS[size].join(', ')}) on embedded data, ${STEPS[size]} steps of AdamW at 0.001; stages at 0, 25, 50 and 100 %.`,
  steps: (choices, folderOf) =>
    MODELS[choices.size].flatMap((model) => [
      { folder: trainingOf(model), args: trainingArgs(model, choices) },
      {
        folder: stagesOf(model),
        args: [
          ...['spectrum', '--checkpoints', folderOf(trainingOf(model)), '--blocks', 'none'],
          ...MEASUREMENT[choices.size],
        ],
      },
    ]),
  conclude: async ({ size }, folderOf) => {
    const models = await Promise.all(
      MODELS[size].map(async (model) => {
        const path = folderOf(stagesOf(model));
        const { claims, stages } = await readResult<{ claims: Claim[]; stages: unknown[] }>(
          join(path, 'stages.json'),
          { claims: 'list', stages: 'list' },
        );
        return { model, path, claims, stages: stages.length };
      }),
    );
    return {
      claims: models.flatMap(({ model, claims }) =>
        claims.map((claim) => ({ ...claim, id: `${claim.id}-${model}`, text: `${model}: ${claim.text}` })),
      ),
      pictures: models.map(({ model, path }) => ({
        path: join(path, 'stages'),
        caption: `Stages of ${model}`,
      })),
      found: `${models.length} trainings, ${models[0]?.stages ?? 0} stages each.`,
      numbers: { models: models.map(({ model, stages }) => ({ model, stages })) },
    };
  },
};
