import type { Reproduction } from '../definition.ts';
import { figureConclusion, figureStep } from '../steps.ts';

const FIGURE = { name: '14' };

export const fig14: Reproduction = {
  name: 'fig14',
  title: 'Figure 14: training curves of MLPs with different c',
  paper: 'SGD’s curves get worse as c grows, Adam’s do not.',
  differs: ({ size }) =>
    size === 'quick'
      ? 'A look: few constants, one seed, few steps.'
      : 'The trainings are those of Figure 5 (a).',
  steps: (choices) => [figureStep(FIGURE, choices)],
  conclude: (_choices, folderOf) => figureConclusion(FIGURE, folderOf),
};
