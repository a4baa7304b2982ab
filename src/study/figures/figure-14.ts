import type { FigureDefinition } from './definition.ts';
import {
  accuracyPoints,
  type BestOfScale,
  bestByScale,
  judgeScaledMlp,
  SCALED_MLP_CHOICES,
  scaledMlpPlan,
} from './scaled-mlp.ts';

/** More curves in one panel cannot be told apart. */
const MOST_CURVES = 5;

/** Figure 14: training curves of SGD and of Adam for several constants c; its trainings are those of Figure 5 (a). */
export const FIGURE_14: FigureDefinition = {
  name: '14',
  title: 'Figure 14: training curves of the MLP with constant c',
  summary: 'training curves of SGD and Adam for several c; the trainings are those of 5a',
  takes: SCALED_MLP_CHOICES,
  plan: scaledMlpPlan,
  conclude: (request, { trainings }) => {
    const [sgd, adam] = [bestByScale(request, trainings, 'sgd'), bestByScale(request, trainings, 'adam')];
    const diverged = new Set(trainings.filter(({ hasDiverged }) => hasDiverged).map(({ name }) => name));
    const panel = (title: string, optimizer: string, bests: readonly BestOfScale[]) => ({
      title,
      curves: evenly(bests).map(({ c, learningRate }) => {
        const training = `mlp-c${c}-${optimizer}-${learningRate}-seed-0`;
        const end = diverged.has(training) ? ', diverged' : '';
        return { label: `c = ${c}, learning rate ${learningRate}${end}`, training };
      }),
    });
    return {
      claims: [judgeScaledMlp('14', accuracyPoints(sgd), accuracyPoints(adam))],
      numbers: { sgd, adam },
      caption: 'The training with seed 0 at the best learning rate for each c.',
      picture: { kind: 'curves', panels: [panel('SGD', 'sgd', sgd), panel('Adam', 'adam', adam)] },
    };
  },
};

/** At most so many, the first and the last among them. */
function evenly<Item>(items: readonly Item[]): Item[] {
  if (items.length <= MOST_CURVES) return [...items];
  return Array.from(
    { length: MOST_CURVES },
    (_, index) => items[Math.round((index * (items.length - 1)) / (MOST_CURVES - 1))] as Item,
  );
}
