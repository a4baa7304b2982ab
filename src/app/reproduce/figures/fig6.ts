import type { Reproduction } from '../definition.ts';
import { figureConclusion, figureStep } from '../steps.ts';

const FIGURE = { name: '6' };

export const fig6: Reproduction = {
  name: 'fig6',
  title: 'Figure 6: pre-trained weights are less heterogeneous, and SGD keeps up in fine-tuning',
  paper:
    'Fine-tuned from pre-trained weights, GPT2 has a far smaller JS0 than at initialisation, and SGD, though slower, reaches a loss like Adam’s.',
  differs: ({ size }) =>
    `GPT-pico is pre-trained on Moby-Dick and fine-tuned on facts about countries${size === 'quick' ? ', a few steps of each: it shows that it works, no evidence' : ''}; the paper fine-tunes GPT2 on Alpaca.`,
  steps: (choices) => [figureStep(FIGURE, choices)],
  conclude: (_choices, folderOf) => figureConclusion(FIGURE, folderOf),
};
