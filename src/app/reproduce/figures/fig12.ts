import type { Reproduction } from '../definition.ts';
import { histogramConclusion, quadraticStep } from '../quadratic-step.ts';

/** What the blocks of Case 1 are. */
export const fig12: Reproduction = {
  name: 'fig12',
  title: 'Figure 12: eigenvalues of the blocks of Case 1',
  paper:
    'The eigenvalues of GPT2’s embedding, third query, third value and third MLP, moved to 1 to 5000 by one map, differ from block to block.',
  differs: () =>
    'Twenty-five eigenvalues of each block stand for its spectrum at initialisation, as hesscope measured it: both ends, and steps of equal mass between them.',
  steps: (choices) => [quadraticStep(choices)],
  conclude: (_choices, folderOf) => histogramConclusion('1', folderOf),
};
