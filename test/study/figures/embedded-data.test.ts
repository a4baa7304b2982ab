import { expect, it } from 'vitest';
import { FIGURE_7 } from '../../../src/study/figures/figure-7.ts';
import { parseFigureRequest } from '../../../src/study/figures/request.ts';
import { openTraining } from '../../../src/study/training/prepare.ts';

const { trainings } = FIGURE_7.plan(parseFigureRequest('7', FIGURE_7.takes, {}));
const firsts = [...new Map(trainings.map((training) => [training.subject, training])).values()];

it.each(firsts.map(({ subject, request }) => ({ subject, request })))(
  'the embedded data are enough for the trainings of $subject',
  async ({ request }) => {
    const { training, validation } = await openTraining(request);
    expect(training.count).toBeGreaterThan(request.batch);
    expect(validation.count).toBeGreaterThanOrEqual(request.batch);
  },
);
