import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import type { Reproduction, ReproductionChoices } from '../definition.ts';
import {
  figureConclusion,
  figureStep,
  HEATMAP,
  jsZeroOf,
  type MeasuredModel,
  measuredModels,
  shown,
  spectrumStep,
} from '../steps.ts';

function parts(choices: ReproductionChoices) {
  const all = measuredModels(choices);
  return {
    mixer: all.find(({ label }) => label === 'MLP-mixer') as MeasuredModel,
    cnns: all.filter(({ kind }) => kind === 'CNN'),
  };
}

/** The man-made MLP, and the MLP-mixer. */
export const fig5: Reproduction = {
  name: 'fig5',
  title: 'Figure 5: heterogeneity without attention: an MLP scaled by c, and MLP-mixer',
  paper:
    '(a) The more the layers of an MLP are scaled by c, the worse SGD does, while Adam stays. (b) The blocks of MLP-mixer differ. (c) SGD is behind Adam on it.',
  differs: ({ size }) =>
    size === 'quick'
      ? 'A look: few constants, one seed, few steps; a small Mixer, with a random head, since with timm\u2019s zeros nearly every block is zero.'
      : 'Embedded digits unless other data are named; the Mixer has a random head, since with timm\u2019s zeros nearly every block is zero.',
  steps: (choices) => {
    const { mixer, cnns } = parts(choices);
    return [
      figureStep('5a', choices),
      ...[mixer, ...cnns].map((model) => spectrumStep(model, choices)),
      figureStep('10', choices, ['--models', mixer.model]),
    ];
  },
  conclude: async (choices, folderOf) => {
    const { mixer, cnns } = parts(choices);
    const scaled = await figureConclusion('5a', folderOf);
    const contest = await figureConclusion('10', folderOf);
    const own = await jsZeroOf(folderOf(`spectra/${mixer.model}`));
    const others = await Promise.all(cnns.map(({ model }) => jsZeroOf(folderOf(`spectra/${model}`))));
    const largest = Math.max(...others.map(({ mean }) => mean));
    return {
      claims: [
        ...scaled.claims,
        judgeClaim(
          {
            id: '5b',
            text: 'The initial Hessian of MLP-mixer has block heterogeneity.',
            threshold: 'its JS0 is larger than that of both CNNs; partly: than its own noise floor',
          },
          `MLP-mixer ${shown(own.mean)} (noise floor ${own.noiseFloor === null ? 'not known' : shown(own.noiseFloor)}), CNNs at most ${shown(largest)}`,
          own.mean > largest,
          own.noiseFloor !== null && own.mean > own.noiseFloor,
        ),
        ...contest.claims,
      ],
      pictures: [
        ...scaled.pictures,
        {
          path: join(folderOf(`spectra/${mixer.model}`), 'figures', HEATMAP),
          caption: '(b) distances between the Mixer\u2019s blocks',
        },
        ...contest.pictures,
      ],
      found: [scaled.found, contest.found].join(' '),
      notes: [...(scaled.notes ?? []), ...(contest.notes ?? [])],
      numbers: { a: scaled.numbers, b: { mixer: own, cnns: others }, c: contest.numbers },
    };
  },
};
