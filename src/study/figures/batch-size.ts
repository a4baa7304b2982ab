/** SGD against AdamW with the whole data set in each step, and with small batches (Appendix A): does the gap remain? */
import { UserError } from '../../errors.ts';
import {
  CONTEST_CHOICES,
  contestOf,
  contestPicture,
  contestTrainings,
  judgeContest,
  SGD_AND_ADAMW,
} from './contest.ts';
import type { FigureDefinition, Findings } from './definition.ts';
import { type Family, familiesOf } from './families.ts';
import { CONTEST_NOTES } from './optimizer-figures.ts';
import type { FigureRequest } from './request.ts';

const MODEL = 'gpt-pico';
const SMALL_BATCH = `${MODEL}, small batches`;
const FULL_BATCH = `${MODEL}, full batch`;

const isSubject = ({ model }: Family) => model === MODEL;

/** Sequences in all, a fifth of them held back; a whole number of batches is trained on. */
const FULL = { examples: 640, steps: 200 };
const QUICK = { examples: 160, steps: 10 };
const HELD_BACK = 0.2;

export const BATCH_SIZE: FigureDefinition = {
  name: 'batch-size',
  title: 'Batch size: SGD and AdamW with full and with small batches',
  summary: 'SGD against AdamW on gpt-pico with the full batch and with small ones: does the gap remain?',
  takes: CONTEST_CHOICES,
  plan: (request) => {
    const { small, full, passes } = familiesWithBatches(request);
    const { batch, steps } = small.settings;
    return {
      trainings: [
        ...contestTrainings(SMALL_BATCH, small, SGD_AND_ADAMW, request),
        ...contestTrainings(FULL_BATCH, full, SGD_AND_ADAMW, request),
      ],
      spectra: [],
      notes: [
        ...CONTEST_NOTES,
        `${steps} steps, of ${batch} sequences and of all ${batch * passes} that are trained on.`,
      ],
    };
  },
  conclude: (_, { trainings }): Findings => {
    const [small, full] = [SMALL_BATCH, FULL_BATCH].map((subject) =>
      contestOf(subject, trainings, 'sgd'),
    ) as [ReturnType<typeof contestOf>, ReturnType<typeof contestOf>];
    return {
      claims: [
        judgeContest(
          {
            id: 'full-batch-gap',
            text: 'The gap between Adam and SGD remains even in the full-batch case with no stochasticity (Appendix A).',
          },
          'worse',
          full,
        ),
        judgeContest(
          {
            id: 'small-batch-gap',
            text: 'SGD performs significantly worse than Adam with small batches of the same data.',
          },
          'worse',
          small,
        ),
      ],
      numbers: { small, full },
      caption:
        'The same sequences and steps. Each at the learning rate with the least final loss on those held back.',
      picture: contestPicture(
        [small, full].map((contest) => ({ title: contest.subject, contests: [contest] })),
      ),
    };
  },
};

/** @throws UserError when the sequences that are trained on are no whole number of batches. */
function familiesWithBatches(request: FigureRequest): { small: Family; full: Family; passes: number } {
  const base = request.quick ? QUICK : FULL;
  const [found] = familiesOf(request, isSubject);
  const family = found as Family;
  const examples = request.examples ?? base.examples;
  const { batch } = family.settings;
  const held = Math.max(batch, Math.round(HELD_BACK * examples));
  const passes = (examples - held) / batch;
  if (!Number.isInteger(passes) || passes < 2)
    throw new UserError(
      `'examples': expected a fifth held back and several whole batches of ${batch} left to train on, found ${examples} with ${held} held back; take ${10 * batch}.`,
    );
  const settings = {
    ...family.settings,
    examples,
    steps: request.steps ?? base.steps,
    validationShare: HELD_BACK,
    dropout: 0,
  };
  return {
    small: { ...family, settings },
    full: { ...family, settings: { ...settings, accumulation: passes } },
    passes,
  };
}
