import type { Reproduction } from '../definition.ts';
import { figureConclusion, figureStep } from '../steps.ts';

const FIGURE = { name: '9' };

export const fig9: Reproduction = {
  name: 'fig9',
  title: 'Figure 9: AdamW and SGD on CNNs',
  paper: 'On ResNet18 and VGG16 SGD and Adam do alike.',
  differs: ({ size }) =>
    size === 'paper'
      ? 'The paper’s models on the data that are named.'
      : `Small models on embedded data${size === 'quick' ? ', a few steps of two learning rates: it shows that it works, no evidence' : ''}.`,
  steps: (choices) => [figureStep(FIGURE, choices)],
  conclude: (_choices, folderOf) => figureConclusion(FIGURE, folderOf),
};
