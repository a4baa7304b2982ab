import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import type { Reproduction, ReproductionChoices } from '../definition.ts';
import {
  figureConclusion,
  figureStep,
  HEATMAP,
  jsZeroOf,
  measuredModel,
  measuredModels,
  shown,
  spectraOf,
  spectrumStep,
} from '../steps.ts';

const SCALED = { name: '5a' };

function parts(choices: ReproductionChoices) {
  const mixer = measuredModel('MLP-mixer', choices);
  return {
    mixer,
    cnns: measuredModels(choices).filter(({ kind }) => kind === 'CNN'),
    contest: { name: '10', models: [mixer.model] },
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
      ? 'A look: few constants, one seed, few steps; a small Mixer, with a random head, since with timm’s zeros nearly every block is zero.'
      : 'Embedded digits unless other data are named; the Mixer has a random head, since with timm’s zeros nearly every block is zero.',
  steps: (choices) => {
    const { mixer, cnns, contest } = parts(choices);
    return [
      figureStep(SCALED, choices),
      ...[mixer, ...cnns].map((model) => spectrumStep(model, choices)),
      figureStep(contest, choices),
    ];
  },
  conclude: async (choices, folderOf) => {
    const { mixer, cnns, contest } = parts(choices);
    const scaled = await figureConclusion(SCALED, folderOf);
    const trained = await figureConclusion(contest, folderOf);
    const own = await jsZeroOf(folderOf(spectraOf(mixer.model)));
    const others = await Promise.all(cnns.map(({ model }) => jsZeroOf(folderOf(spectraOf(model)))));
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
        ...trained.claims,
      ],
      pictures: [
        ...scaled.pictures,
        {
          path: join(folderOf(spectraOf(mixer.model)), 'figures', HEATMAP),
          caption: '(b) distances between the Mixer’s blocks',
        },
        ...trained.pictures,
      ],
      found: [scaled.found, trained.found].join(' '),
      notes: [...(scaled.notes ?? []), ...(trained.notes ?? [])],
      numbers: { a: scaled.numbers, b: { mixer: own, cnns: others }, c: trained.numbers },
    };
  },
};
