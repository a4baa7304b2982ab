import type { Reproduction } from '../definition.ts';
import { figureConclusion, figureStep } from '../steps.ts';

const FIGURE = { name: '10' };

export const fig10: Reproduction = {
  name: 'fig10',
  title: 'Figure 10: AdamW and SGD on Transformers',
  paper: 'On ViT, BERT, GPT2-nano and GPT2 SGD is far behind Adam.',
  differs: ({ size }) =>
    size === 'paper'
      ? 'The paper’s models on the data that are named.'
      : `Small models on embedded data${size === 'quick' ? ', a few steps of two learning rates: it shows that it works, no evidence' : ''}.`,
  steps: (choices) => [figureStep(FIGURE, choices)],
  conclude: (_choices, folderOf) => figureConclusion(FIGURE, folderOf),
};
