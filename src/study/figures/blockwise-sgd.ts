/** SGD with a learning rate for each group of blocks, as the advice proposes them: does that close the gap to AdamW? */
import {
  CONTEST_CHOICES,
  type Contestant,
  contestOf,
  contestPicture,
  contestTrainings,
  judgeNarrower,
  SGD_AND_ADAMW,
} from './contest.ts';
import type { FigureDefinition, FigureTraining, Findings } from './definition.ts';
import { type Family, familiesOf } from './families.ts';
import { spectrumOf } from './figure-7.ts';
import { CONTEST_NOTES } from './optimizer-figures.ts';
import type { FigureRequest } from './request.ts';

/** The small model on which SGD falls furthest behind. */
const MODEL = 'vit-pico';
const BLOCKWISE = 'sgd by block';

function modelsOf(request: FigureRequest): Family[] {
  return familiesOf({ ...request, models: request.models ?? [MODEL] }, () => true);
}

export const BLOCKWISE_SGD: FigureDefinition = {
  name: 'blockwise-sgd',
  title: 'Blockwise SGD: learning rates from the spectra of blocks',
  summary: 'SGD with learning rates by block from their spectra: does it close the gap?',
  takes: [...CONTEST_CHOICES, 'models'],
  plan: (request) => {
    const families = modelsOf(request);
    return {
      trainings: families.flatMap((family) => contestTrainings(family.model, family, SGD_AND_ADAMW, request)),
      spectra: families.map((family) => spectrumOf(family, request)),
      notes: [
        ...CONTEST_NOTES,
        'Factors of the rates are those of the groups that `hesscope advise` proposes from the spectra at initialisation: 1 / the largest eigenvalue, with a geometric mean of 1; parameters that were not measured, such as those of normalisations, have the factor 1.',
      ],
    };
  },
  planNext: async (request, earlier) => {
    const trainings: FigureTraining[] = [];
    for (const family of modelsOf(request)) {
      const factors = await earlier.rateFactors(spectrumOf(family, request));
      const contestant: Contestant = {
        label: BLOCKWISE,
        optimizer: 'blockwise-sgd',
        optimizerSettings: { factors: { ...factors } },
      };
      trainings.push(...contestTrainings(family.model, family, [contestant], request));
    }
    return { trainings, spectra: [], notes: [] };
  },
  conclude: (request, { trainings }): Findings => {
    const contests = modelsOf(request).map(({ model }) => ({
      plain: contestOf(model, trainings, 'sgd'),
      byBlock: contestOf(model, trainings, BLOCKWISE),
    }));
    return {
      claims: contests.map(({ plain, byBlock }) =>
        judgeNarrower(
          {
            id: `blockwise-sgd-${plain.subject}`,
            text: `Heterogeneity can be better handled using different learning rates across blocks (Section 3.1): so it is on ${plain.subject}.`,
          },
          { contest: plain, words: 'with one rate' },
          { contest: byBlock, words: 'with rates by block' },
        ),
      ),
      numbers: { contests },
      caption:
        'SGD with one learning rate, SGD with one for each group of blocks, and AdamW, each at the rate with the least final loss on the examples held back.',
      picture: contestPicture(
        contests.map(({ plain, byBlock }) => ({ title: plain.subject, contests: [plain, byBlock] })),
      ),
    };
  },
};
