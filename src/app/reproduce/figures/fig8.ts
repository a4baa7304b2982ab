import { join } from 'node:path';
import type { Claim } from '../../../study/claims.ts';
import type { Reproduction } from '../definition.ts';
import { QUADRATIC, quadraticStep } from '../quadratic-step.ts';
import { readResult, shown } from '../steps.ts';

interface QuadraticNumbers {
  readonly claims: readonly Claim[];
  readonly contests: readonly {
    readonly name: string;
    readonly title: string;
    readonly methods: readonly {
      readonly name: string;
      readonly medianSteps: number | null;
      readonly medianRatio: number | null;
    }[];
  }[];
}

/** GD and Adam on quadratic problems. */
export const fig8: Reproduction = {
  name: 'fig8',
  title: 'Figure 8: Adam and GD on quadratic problems with alike and unlike blocks',
  paper:
    'On four quadratic problems of condition 5000, GD is far behind Adam where blocks are unlike (cases 1 and 3), and on par where they are alike (2 and 4).',
  differs: ({ size }) =>
    `Rotations are orthogonal: Gaussian ones, taken literally, change the eigenvalues. ${size === 'quick' ? '3' : '20'} starts; the paper shows one.`,
  steps: (choices) => [quadraticStep(choices)],
  conclude: async (_choices, folderOf) => {
    const path = folderOf(QUADRATIC);
    const { claims, contests } = await readResult<QuadraticNumbers>(join(path, 'quadratic.json'), {
      claims: 'list',
      contests: 'list',
    });
    const ratios = contests.map(({ name, methods }) => {
      const ratio = methods.find((method) => method.name === 'adam-1')?.medianRatio ?? null;
      return `case ${name} ${ratio === null ? 'undecided' : shown(ratio)}`;
    });
    return {
      claims,
      pictures: [{ path: join(path, 'quadratic'), caption: 'Losses of the first start' }],
      found: `Steps of Adam (beta2 = 1) over those of GD, medians: ${ratios.join(', ')}.`,
      numbers: {
        contests: contests.map(({ name, title, methods }) => ({
          name,
          title,
          methods: methods.map(({ name: method, medianSteps, medianRatio }) => ({
            method,
            medianSteps,
            medianRatio,
          })),
        })),
      },
    };
  },
};
