import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import { checkpointPath } from '../../runs/layout.ts';
import type { Reproduction } from '../definition.ts';
import { readResult, shown } from '../steps.ts';

const LOSSES = ['cross-entropy', 'mse'] as const;
const MLP = ['--model', 'mlp', '--set', 'hidden=32-16', '--batch', '128'];
const training = (loss: string) => `trainings/mlp-${loss}`;
const exact = (loss: string) => `exact/mlp-${loss}`;
/** Of a training. */
const STEPS = 200;
const NEAR = 0.5;

interface ExactNumbers {
  readonly structure: { readonly diagonalShare: number | null; readonly structurelessShare: number };
}

/** The Hessian of an MLP by units, with two losses; (b) and (c) are other people's approximations. */
export const fig11: Reproduction = {
  name: 'fig11',
  title: 'Figure 11: the block-diagonal structure in the Hessian of MLPs',
  paper:
    '(a), after Collobert (2004): the exact Hessian of an MLP trained with cross-entropy is near block-diagonal, a block for each hidden unit. (b) and (c) quote approximations by Roux et al. (2007) and Martens and Grosse (2015), which are cited here, not reproduced.',
  differs: () =>
    `An MLP 784-32-16-10 on digits after ${STEPS} steps of AdamW, the upper two layers (698 rows) unit by unit; once with cross-entropy, once with the squared error.`,
  steps: (_choices, folderOf) =>
    LOSSES.flatMap((loss) => [
      {
        folder: training(loss),
        args: [
          'train',
          ...MLP,
          '--set',
          `loss=${loss}`,
          '--optimizer',
          'adamw',
          '--learning-rate',
          '0.002',
          '--steps',
          String(STEPS),
        ],
      },
      {
        folder: exact(loss),
        args: [
          ...['exact', ...MLP, '--set', `loss=${loss}`, '--blocks', 'fc2.*,fc3.*', '--group', 'unit'],
          ...['--weights', join(folderOf(training(loss)), checkpointPath(STEPS))],
        ],
      },
    ]),
  conclude: async (_choices, folderOf) => {
    const [entropy, squared] = (await Promise.all(
      LOSSES.map(
        async (loss) =>
          (
            await readResult<ExactNumbers>(join(folderOf(exact(loss)), 'exact.json'), { structure: 'object' })
          ).structure,
      ),
    )) as [ExactNumbers['structure'], ExactNumbers['structure']];
    const share = ({ diagonalShare }: ExactNumbers['structure']) => diagonalShare ?? 0;
    const words = `${shown(share(entropy))} with cross-entropy, ${shown(share(squared))} with the squared error, ${shown(entropy.structurelessShare)} without structure`;
    return {
      claims: [
        judgeClaim(
          {
            id: '11a',
            text: 'The exact Hessian of an MLP is near block-diagonal, a block for each unit.',
            threshold: `at least ${NEAR} of the squared norm lies in the units’ blocks; partly: at least twice the share without structure`,
          },
          words,
          share(entropy) >= NEAR,
          share(entropy) >= 2 * entropy.structurelessShare,
        ),
        judgeClaim(
          {
            id: '11a-loss',
            text: 'The structure stems from the layers and the cross-entropy loss.',
            threshold:
              'the share with cross-entropy is at least twice that with the squared error; partly: larger',
          },
          words,
          share(entropy) >= 2 * share(squared),
          share(entropy) > share(squared),
        ),
      ],
      pictures: LOSSES.map((loss) => ({
        path: join(folderOf(exact(loss)), 'hessian-entries'),
        caption: loss === 'mse' ? 'with the squared error' : 'with cross-entropy',
      })),
      found: `Share of the squared norm in the units’ blocks: ${words}.`,
      numbers: { entropy, squared },
    };
  },
};
