import type { Reproduction } from '../definition.ts';
import { figureConclusion, figureStep } from '../steps.ts';

const FIGURE = { name: '7' };

export const fig7: Reproduction = {
  name: 'fig7',
  title: 'Figure 7: JS0 and the gap between SGD and Adam',
  paper: 'The larger JS0, the further SGD falls behind Adam.',
  differs: ({ size }) =>
    size === 'paper'
      ? 'The paper’s models on the data that are named.'
      : `Small models on embedded data${size === 'quick' ? ', a few steps of two learning rates: it shows that it works, no evidence' : ''}.`,
  steps: (choices) => [figureStep(FIGURE, choices)],
  conclude: (_choices, folderOf) => figureConclusion(FIGURE, folderOf),
};
