import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import type { Reproduction, ReproductionChoices } from '../definition.ts';
import {
  figureConclusion,
  figureStep,
  jsZeroOf,
  type MeasuredModel,
  measuredModels,
  shown,
  spectrumStep,
} from '../steps.ts';

/** By how much the blocks of BERT differ more than those of VGG. */
const AGREES = 1.5;

function models(choices: ReproductionChoices): readonly [vgg: MeasuredModel, bert: MeasuredModel] {
  const of = (label: string) =>
    measuredModels(choices).find((entry) => entry.label === label) as MeasuredModel;
  return [of('VGG16'), of('BERT')];
}

/** Blockwise spectra and trainings of VGG16 and BERT. */
export const fig3: Reproduction = {
  name: 'fig3',
  title: 'Figure 3: blockwise spectra of VGG16 and BERT, and their trainings',
  paper:
    'At initialisation the spectra of VGG16\u2019s blocks are alike and those of BERT\u2019s blocks differ; SGD keeps up with Adam on VGG16 and falls behind on BERT.',
  differs: ({ size }) =>
    size === 'paper'
      ? 'All blocks of the paper are shown instead of four.'
      : 'Small models on embedded data; all blocks are shown instead of four.',
  steps: (choices) => {
    const [vgg, bert] = models(choices);
    return [
      spectrumStep(vgg, choices),
      spectrumStep(bert, choices),
      figureStep('9', choices, ['--models', vgg.model]),
      figureStep('10', choices, ['--models', bert.model]),
    ];
  },
  conclude: async (choices, folderOf) => {
    const [vgg, bert] = models(choices);
    const [ofVgg, ofBert] = (await Promise.all(
      [vgg, bert].map(({ model }) => jsZeroOf(folderOf(`spectra/${model}`))),
    )) as [Awaited<ReturnType<typeof jsZeroOf>>, Awaited<ReturnType<typeof jsZeroOf>>];
    const trainings = await Promise.all(['9', '10'].map((name) => figureConclusion(name, folderOf)));
    const error = Math.hypot(ofVgg.standardError ?? 0, ofBert.standardError ?? 0);
    return {
      claims: [
        judgeClaim(
          {
            id: '3-blocks',
            text: 'The spectra are similar among blocks for VGG and differ significantly across blocks for BERT.',
            threshold: `JS0 of BERT is at least ${AGREES} times that of VGG16; partly: larger by more than two standard errors`,
          },
          `VGG16 ${shown(ofVgg.mean)}, BERT ${shown(ofBert.mean)}`,
          ofBert.mean >= AGREES * ofVgg.mean,
          ofBert.mean - ofVgg.mean > 2 * error,
        ),
        ...trainings.flatMap(({ claims }) => claims),
      ],
      pictures: [
        ...[vgg, bert].map(({ model, label }) => ({
          path: join(folderOf(`spectra/${model}`), 'figures', 'spectrum-blocks'),
          caption: `Blocks of ${label}`,
        })),
        ...trainings.flatMap(({ pictures }) => pictures),
      ],
      found: `JS0 of VGG16 ${shown(ofVgg.mean)}, of BERT ${shown(ofBert.mean)}.`,
      numbers: { vgg: ofVgg, bert: ofBert },
    };
  },
};
