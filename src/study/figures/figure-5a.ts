import type { FigureDefinition } from './definition.ts';
import {
  accuracyPoints,
  bestByScale,
  judgeScaledMlp,
  SCALED_MLP_CHOICES,
  scaledMlpPlan,
} from './scaled-mlp.ts';

/** Figure 5 (a): the best accuracy of SGD and of Adam against the constant c. */
export const FIGURE_5A: FigureDefinition = {
  name: '5a',
  title: 'Figure 5 (a): SGD and Adam on the MLP with constant c',
  summary: 'best accuracy of SGD and Adam on the 4-layer MLP against the constant c',
  takes: SCALED_MLP_CHOICES,
  plan: scaledMlpPlan,
  conclude: (request, { trainings }) => {
    const [sgd, adam] = [bestByScale(request, trainings, 'sgd'), bestByScale(request, trainings, 'adam')];
    const [sgdPoints, adamPoints] = [accuracyPoints(sgd), accuracyPoints(adam)];
    return {
      claims: [judgeScaledMlp('5a', sgdPoints, adamPoints)],
      numbers: { sgd, adam },
      caption:
        'Accuracy on images that were not trained on, at the best learning rate for each c. Dots: the mean over seeds; bars: from the least seed to the largest.',
      picture: {
        kind: 'spread',
        xLabel: 'constant c',
        yLabel: 'accuracy (%)',
        series: [
          { label: 'SGD', points: sgdPoints },
          { label: 'Adam', points: adamPoints },
        ],
      },
    };
  },
};
