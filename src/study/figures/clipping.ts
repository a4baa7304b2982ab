/** SGD with and without clipping (Appendix A of the paper): does the gap remain? */
import type { Claim } from '../claims.ts';
import {
  CONTEST_CHOICES,
  type Contestant,
  contestOf,
  contestPicture,
  contestTrainings,
  judgeContest,
  SGD_AND_ADAMW,
} from './contest.ts';
import type { FigureDefinition, Findings, TrainingResult } from './definition.ts';
import { type Family, familiesOf } from './families.ts';
import { CONTEST_NOTES } from './optimizer-figures.ts';

const MODEL = 'gpt-pico';
const UNCLIPPED: Contestant = { label: 'sgd without clipping', optimizer: 'sgd', settings: { clip: 0 } };

const isSubject = ({ model }: Family) => model === MODEL;

/** Clipped SGD, SGD and AdamW on the smallest GPT; clipped ones are the trainings of Figure 10. */
export const CLIPPING: FigureDefinition = {
  name: 'clipping',
  title: 'Clipping: SGD with and without it, and AdamW',
  summary: 'SGD with and without clipping on gpt-pico: does the gap remain?',
  takes: CONTEST_CHOICES,
  plan: (request) => ({
    trainings: familiesOf(request, isSubject).flatMap((family) =>
      contestTrainings(MODEL, family, [...SGD_AND_ADAMW, UNCLIPPED], request),
    ),
    spectra: [],
    notes: [...CONTEST_NOTES, 'SGD without clipping is compared with AdamW with clipping, too.'],
  }),
  conclude: (_, { trainings }): Findings => {
    const clipped = contestOf(MODEL, trainings, 'sgd');
    const unclipped = contestOf(MODEL, trainings, UNCLIPPED.label);
    return {
      claims: [
        judgeContest(
          {
            id: 'clipping-gap',
            text: 'Although clipping is an effective trick, a huge gap between clipped SGD and Adam remains (Appendix A).',
          },
          'worse',
          clipped,
        ),
        judgeEffect(trainings),
      ],
      numbers: { clipped, unclipped },
      caption:
        'Each at the learning rate with the least final loss on the examples held back; AdamW clips as well.',
      picture: contestPicture([{ title: MODEL, contests: [clipped, unclipped] }]),
    };
  },
};

/** Whether SGD with clipping ends lower than without, each at its best rate, seed by seed. */
export function judgeEffect(trainings: readonly TrainingResult[]): Claim {
  const leastOf = (label: string, seed: number) =>
    Math.min(
      ...trainings
        .filter((result) => result.optimizer === label && result.seed === seed)
        .map(({ finalLoss }) => finalLoss ?? Number.POSITIVE_INFINITY),
    );
  const seeds = [...new Set(trainings.map(({ seed }) => seed))];
  const pairs = seeds.map((seed) => [leastOf('sgd', seed), leastOf(UNCLIPPED.label, seed)] as const);
  const isBetter = pairs.map(([clipped, unclipped]) => clipped < unclipped);
  const shown = (loss: number) => (Number.isFinite(loss) ? loss.toFixed(4) : 'diverged');
  return {
    id: 'clipping-effect',
    text: 'SGD with gradient clipping performs better than SGD (Appendix A, after Zhang et al.).',
    threshold: `the best final loss with clipping below that without${seeds.length > 1 ? ' for every seed; for some: partly' : ''}`,
    found: pairs
      .map(([clipped, unclipped]) => `${shown(clipped)} with, ${shown(unclipped)} without`)
      .join('; '),
    verdict: isBetter.every(Boolean) ? 'agrees' : isBetter.some(Boolean) ? 'partly' : 'does not',
  };
}
