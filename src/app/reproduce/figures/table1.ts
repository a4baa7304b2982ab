import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import { rankCorrelation } from '../../../study/figures/rank-correlation.ts';
import { checkpointPath } from '../../runs/layout.ts';
import type { FolderOf, Reproduction, ReproductionChoices, Step } from '../definition.ts';
import {
  dataOf,
  HEATMAP,
  jsZeroOf,
  MEASUREMENT,
  measuredModels,
  shown,
  spectraOf,
  spectrumStep,
} from '../steps.ts';

const TRAINING = 'trainings/gpt-pico-pretrained';
const PRETRAINED = 'spectra/gpt-pico-pretrained';
const STEPS = { quick: 120, small: 1500 } as const;
/** JS0 of the pretrained GPT2 in the paper's table. */
const PAPER_PRETRAINED = 18.84;
const [AGREES, PARTLY] = [0.8, 0.4];

/** GPT2 with trained weights. */
function pretrainedSteps(choices: ReproductionChoices, folderOf: FolderOf): Step[] {
  const { size } = choices;
  if (size === 'paper') {
    const own = ['spectrum', '--model', 'gpt2', '--weights', 'gpt2', ...dataOf('gpt2', choices)];
    return [{ folder: PRETRAINED, args: [...own, '--blocks', 'paper'] }];
  }
  const steps = String(STEPS[size]);
  const checkpoint = join(folderOf(TRAINING), checkpointPath(STEPS[size]));
  return [
    {
      folder: TRAINING,
      args: [
        ...['train', '--model', 'gpt-pico', '--optimizer', 'adamw', '--learning-rate', '0.003'],
        ...['--batch', '32', '--steps', steps],
      ],
    },
    {
      folder: PRETRAINED,
      args: [
        ...['spectrum', '--model', 'gpt-pico', '--weights', checkpoint, '--no-full'],
        ...MEASUREMENT[size],
      ],
    },
  ];
}

/** JS0 of every model. */
export const table1: Reproduction = {
  name: 'table1',
  title: 'Table 1: JS0 of every model',
  paper:
    'JS0 is 0.1 for the CNNs, 18.8 for pretrained GPT2, 34.9 for MLP-mixer, and 53 to 286 for the Transformers at initialisation.',
  differs: ({ size }) =>
    `${size === 'paper' ? '' : 'Small models on embedded data; the pretrained GPT2 is gpt-pico after a training of its own. '}JS0 is that of densities over the logarithm of |eigenvalue|, at most ln 2; the paper’s values pass ln 2, so that only the order can be compared.`,
  steps: (choices, folderOf) => [
    ...measuredModels(choices).map((model) => spectrumStep(model, choices)),
    ...pretrainedSteps(choices, folderOf),
  ],
  conclude: async (choices, folderOf) => {
    const rows = [
      ...measuredModels(choices).map(({ model, label, paperJs0 }) => ({
        label,
        paperJs0,
        path: folderOf(spectraOf(model)),
      })),
      { label: 'GPT2 (pretrained)', paperJs0: PAPER_PRETRAINED, path: folderOf(PRETRAINED) },
    ];
    const found = await Promise.all(rows.map(async (row) => ({ ...row, js0: await jsZeroOf(row.path) })));
    const correlation =
      rankCorrelation(
        found.map(({ paperJs0 }) => paperJs0),
        found.map(({ js0 }) => js0.mean),
      ) ?? 0;
    const ofModel = (label: string) => found.find((row) => row.label === label)?.js0.mean ?? 0;
    const values = found.map(({ label, js0 }) => `${label} ${shown(js0.mean)}`).join(', ');
    return {
      claims: [
        judgeClaim(
          {
            id: 'table-1-order',
            text: 'JS0 orders the models as in Table 1.',
            threshold: `rank correlation with the paper’s values at least ${AGREES}; at least ${PARTLY}: partly`,
          },
          `${shown(correlation)}: ${values}`,
          correlation >= AGREES,
          correlation >= PARTLY,
        ),
        judgeClaim(
          {
            id: 'table-1-pretrained',
            text: 'Pretrained GPT2 has a smaller JS0 than GPT2 at initialisation.',
            threshold: 'at most half of it; smaller: partly',
          },
          `${shown(ofModel('GPT2 (pretrained)'))} and ${shown(ofModel('GPT2'))}`,
          ofModel('GPT2 (pretrained)') <= ofModel('GPT2') / 2,
          ofModel('GPT2 (pretrained)') < ofModel('GPT2'),
        ),
      ],
      pictures: found.map(({ label, path }) => ({ path: join(path, 'figures', HEATMAP), caption: label })),
      found: `${values}.`,
      numbers: { found: found.map(({ label, paperJs0, js0 }) => ({ label, paperJs0, js0 })), correlation },
    };
  },
};
