import type { Reproduction } from '../definition.ts';
import { figureConclusion, figureStep } from '../steps.ts';

export const fig14: Reproduction = {
  name: 'fig14',
  title: 'Figure 14: training curves of MLPs with different c',
  paper: 'SGD\u2019s curves get worse as c grows, Adam\u2019s do not.',
  differs: ({ size }) =>
    size === 'quick'
      ? 'A look: few constants, one seed, few steps.'
      : 'The trainings are those of Figure 5 (a).',
  steps: (choices) => [figureStep('14', choices)],
  conclude: (_choices, folderOf) => figureConclusion('14', folderOf),
};
