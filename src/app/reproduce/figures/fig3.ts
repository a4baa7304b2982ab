import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import type { Reproduction, ReproductionChoices } from '../definition.ts';
import {
  figureConclusion,
  figureStep,
  jsZeroOf,
  measuredModel,
  shown,
  spectraOf,
  spectrumStep,
} from '../steps.ts';

/** By how much the blocks of BERT differ more than those of VGG. */
const AGREES = 1.5;

/** Both, with the figure that has their trainings. */
function models(choices: ReproductionChoices) {
  const [vgg, bert] = [measuredModel('VGG16', choices), measuredModel('BERT', choices)];
  return {
    vgg,
    bert,
    contests: [
      { name: '9', models: [vgg.model] },
      { name: '10', models: [bert.model] },
    ],
  };
}

/** Blockwise spectra and trainings of VGG16 and BERT. */
export const fig3: Reproduction = {
  name: 'fig3',
  title: 'Figure 3: blockwise spectra of VGG16 and BERT, and their trainings',
  paper:
    'At initialisation the spectra of VGG16’s blocks are alike and those of BERT’s blocks differ; SGD keeps up with Adam on VGG16 and falls behind on BERT.',
  differs: ({ size }) =>
    size === 'paper'
      ? 'All blocks of the paper are shown instead of four.'
      : 'Small models on embedded data; all blocks are shown instead of four.',
  steps: (choices) => {
    const { vgg, bert, contests } = models(choices);
    return [
      ...[vgg, bert].map((model) => spectrumStep(model, choices)),
      ...contests.map((contest) => figureStep(contest, choices)),
    ];
  },
  conclude: async (choices, folderOf) => {
    const { vgg, bert, contests } = models(choices);
    const ofVgg = await jsZeroOf(folderOf(spectraOf(vgg.model)));
    const ofBert = await jsZeroOf(folderOf(spectraOf(bert.model)));
    const trainings = await Promise.all(contests.map((contest) => figureConclusion(contest, folderOf)));
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
          path: join(folderOf(spectraOf(model)), 'figures', 'spectrum-blocks'),
          caption: `Blocks of ${label}`,
        })),
        ...trainings.flatMap(({ pictures }) => pictures),
      ],
      found: `JS0 of VGG16 ${shown(ofVgg.mean)}, of BERT ${shown(ofBert.mean)}.`,
      numbers: { vgg: ofVgg, bert: ofBert },
    };
  },
};
