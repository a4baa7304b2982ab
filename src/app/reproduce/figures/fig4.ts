import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import type { Reproduction } from '../definition.ts';
import { HEATMAP, jsZeroOf, measuredModels, shown, spectraOf, spectrumStep } from '../steps.ts';

/** Distances between the blocks of CNNs and Transformers. */
export const fig4: Reproduction = {
  name: 'fig4',
  title: 'Figure 4: JS distance among blockwise Hessian spectra at initialisation',
  paper:
    'The distances between the blocks of CNNs are far smaller than those between the blocks of Transformers.',
  differs: ({ size }) =>
    `${size === 'paper' ? 'The paper’s models.' : 'Small models on embedded data.'} Distances are those of densities over the logarithm of |eigenvalue|, at most ln 2: the paper’s own definition depends on the length of its grid.`,
  steps: (choices) => compared(choices).map((model) => spectrumStep(model, choices)),
  conclude: async (choices, folderOf) => {
    const found = await Promise.all(
      compared(choices).map(async ({ model, label, kind }) => ({
        model,
        label,
        kind,
        js0: await jsZeroOf(folderOf(spectraOf(model))),
      })),
    );
    const of = (wanted: string) => found.filter(({ kind }) => kind === wanted).map(({ js0 }) => js0.mean);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [cnn, transformer] = [of('CNN'), of('transformer')];
    return {
      claims: [
        judgeClaim(
          {
            id: '4',
            text: 'The JS distance of blockwise spectra in CNNs is significantly smaller than that in Transformers.',
            threshold:
              'the largest JS0 of a CNN is below the smallest of a Transformer; partly: the means are in that order',
          },
          found.map(({ label, js0 }) => `${label} ${shown(js0.mean)}`).join(', '),
          Math.max(...cnn) < Math.min(...transformer),
          mean(cnn) < mean(transformer),
        ),
      ],
      pictures: found.map(({ model, label }) => ({
        path: join(folderOf(spectraOf(model)), 'figures', HEATMAP),
        caption: label,
      })),
      found: `Mean JS0 of the CNNs ${shown(mean(cnn))}, of the Transformers ${shown(mean(transformer))}.`,
      numbers: { found },
    };
  },
};

function compared(choices: Parameters<Reproduction['steps']>[0]) {
  return measuredModels(choices).filter(({ kind }) => kind !== 'other');
}
