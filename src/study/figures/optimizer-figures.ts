/** Figures 9 and 10: SGD against AdamW, model by model. */
import {
  CONTEST_CHOICES,
  type ContestResult,
  contestOf,
  contestPicture,
  contestTrainings,
  judgeContest,
  SGD_AND_ADAMW,
} from './contest.ts';
import type { FigureDefinition, FigurePlan, FigureResults, Findings } from './definition.ts';
import { type Family, familiesOf } from './families.ts';
import type { FigureRequest } from './request.ts';

/** What is known of the settings of all such figures. */
export const CONTEST_NOTES: readonly string[] = [
  'Relative gap: (best final loss of SGD - that of AdamW) / (loss before the first step - that of AdamW), on examples held back, each at its best learning rate; 0 is on par, 1 means that SGD has learnt nothing.',
  'Cosine decay of the learning rate; the gradient is clipped at norm 1 for text, as the paper does, and not for images.',
];

/** The trainings of SGD and AdamW on each of some families. */
export function familyPlan(request: FigureRequest, families: readonly Family[]): FigurePlan {
  const sizes = families.map(
    ({ name, settings: { steps, batch, accumulation = 1 } }) => `${name} ${steps} of ${batch * accumulation}`,
  );
  return {
    trainings: families.flatMap((family) => contestTrainings(family.name, family, SGD_AND_ADAMW, request)),
    spectra: [],
    notes: [...CONTEST_NOTES, `Steps and batches: ${sizes.join('; ')}.`],
  };
}

/** The contest of each family. */
export function familyContests(families: readonly Family[], { trainings }: FigureResults): ContestResult[] {
  return families.map(({ name }) => contestOf(name, trainings, 'sgd'));
}

function optimizerFigure(
  name: string,
  title: string,
  summary: string,
  belongs: (family: Family) => boolean,
): FigureDefinition {
  return {
    name,
    title,
    summary,
    takes: [...CONTEST_CHOICES, 'models', 'fullSize'],
    plan: (request) => familyPlan(request, familiesOf(request, belongs)),
    conclude: (request, results): Findings => {
      const families = familiesOf(request, belongs);
      const contests = familyContests(families, results);
      const claims = families.flatMap(({ name: subject, expectation, source }, index) => {
        if (expectation === null) return [];
        const words =
          expectation === 'on par'
            ? 'SGD performs on par with Adam'
            : 'SGD performs significantly worse than Adam';
        const claim = { id: `${name}-${subject}`, text: `${words} on ${subject} (${source}).` };
        return [judgeContest(claim, expectation, contests[index] as ContestResult)];
      });
      return {
        claims,
        numbers: { contests },
        caption:
          'SGD and AdamW, each at the learning rate with the least final loss on the examples held back.',
        picture: contestPicture(contests.map((contest) => ({ title: contest.subject, contests: [contest] }))),
      };
    },
  };
}

/** Figure 9: convolutional networks. */
export const FIGURE_9 = optimizerFigure(
  '9',
  'Figure 9: SGD and AdamW on CNNs',
  'SGD against AdamW on convolutional networks: on par',
  ({ kind }) => kind === 'CNN',
);

/** Figure 10: transformers; the Mixer of Figure 5 (c) and Mamba stand beside them. */
export const FIGURE_10 = optimizerFigure(
  '10',
  'Figure 10: SGD and AdamW on transformers and their kin',
  'SGD against AdamW on transformers, a Mixer (Figure 5 c) and Mamba: SGD is worse',
  ({ architecture }) => architecture !== 'convolution' && architecture !== 'perceptron',
);
