import type { Reproduction } from '../definition.ts';
import { histogramConclusion, quadraticStep } from '../quadratic-step.ts';

/** What the blocks of Case 2 are. */
export const fig13: Reproduction = {
  name: 'fig13',
  title: 'Figure 13: eigenvalues of the blocks of Case 2',
  paper:
    'The eigenvalues of ResNet18’s first four convolutions, moved to 1 to 5000 by one map, are alike in all blocks.',
  differs: () =>
    'Twenty-five eigenvalues of each block stand for its spectrum at initialisation, as hesscope measured it: both ends, and steps of equal mass between them.',
  steps: (choices) => [quadraticStep(choices)],
  conclude: (_choices, folderOf) => histogramConclusion('2', folderOf),
};
