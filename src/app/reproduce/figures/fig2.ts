import { join } from 'node:path';
import { judgeClaim } from '../../../study/claims.ts';
import type { Reproduction, ReproductionChoices, Step } from '../definition.ts';
import { readResult, shown } from '../steps.ts';

const LAYERS = [2, 4, 8];
const folder = (layers: number) => `exact/gpt-tiny-${layers}`;
/** Shares of the squared norm in the diagonal blocks. */
const NEAR = 0.9;
const TWICE = 2;

const TRAINING = 'trainings/gpt-tiny';
const STAGES = 'exact/gpt-tiny-stages';

/** A training of two layers, and the matrix at its start, on its way and at its end. */
function stageSteps({ size }: ReproductionChoices, trainingFolder: string): Step[] {
  const steps = size === 'quick' ? '300' : '3000';
  return [
    {
      folder: TRAINING,
      args: ['train', '--model', 'gpt-tiny', '--steps', steps, '--checkpoints', '0,0.1,0.3,1'],
    },
    {
      folder: STAGES,
      args: [
        ...['exact', '--checkpoints', trainingFolder, '--batch', '2'],
        ...['--blocks', 'paper', '--group', 'paper'],
      ],
    },
  ];
}

interface StagesNumbers {
  readonly stages: readonly (Pick<ExactNumbers, 'structure'> & {
    readonly step: number;
    readonly loss: number;
  })[];
}

interface ExactNumbers {
  readonly dim: number;
  readonly structure: { readonly diagonalShare: number | null; readonly structurelessShare: number };
}

/** Exact Hessians of small Transformers. */
export const fig2: Reproduction = {
  name: 'fig2',
  title: 'Figure 2: the initial Hessian of small Transformers',
  paper:
    'The absolute Hessians of Transformers with 2, 4 and 8 layers at initialisation, averaged block by block, are near block-diagonal.',
  differs: () =>
    'The configuration is that of D.2; the four tokens are the first of Moby-Dick, as the paper does not name its own.',
  steps: (choices, folderOf) => [
    ...LAYERS.map((layers) => ({
      folder: folder(layers),
      args: [
        ...['exact', '--model', 'gpt-tiny', '--set', `layers=${layers}`, '--batch', '2'],
        ...['--blocks', 'paper', '--group', 'paper'],
      ],
    })),
    ...stageSteps(choices, folderOf(TRAINING)),
  ],
  conclude: async (_choices, folderOf) => {
    const found = await Promise.all(
      LAYERS.map(async (layers) => {
        const { dim, structure } = await readResult<ExactNumbers>(
          join(folderOf(folder(layers)), 'exact.json'),
          { dim: 'number', structure: 'object' },
        );
        return {
          layers,
          dim,
          share: structure.diagonalShare ?? 0,
          structureless: structure.structurelessShare,
        };
      }),
    );
    const { stages } = await readResult<StagesNumbers>(join(folderOf(STAGES), 'stages.json'), {
      stages: 'list',
    });
    const along = stages.map(
      ({ step, structure }) => `${shown(structure.diagonalShare ?? 0)} after ${step} steps`,
    );
    const shares = found.map(
      ({ layers, share, structureless }) => `${layers} layers ${shown(share)} (${shown(structureless)})`,
    );
    return {
      claims: [
        judgeClaim(
          {
            id: '2',
            text: 'The Hessian of small Transformers at initialisation is near block-diagonal.',
            threshold: `at least ${NEAR} of the squared norm lies in the diagonal blocks, for every depth; partly: at least ${TWICE} times the share of a matrix without structure`,
          },
          `share in the diagonal blocks, in brackets without structure: ${shares.join('; ')}`,
          found.every(({ share }) => share >= NEAR),
          found.every(({ share, structureless }) => share >= TWICE * structureless),
        ),
      ],
      pictures: [
        ...LAYERS.map((layers) => ({
          path: join(folderOf(folder(layers)), 'hessian-blocks'),
          caption: `${layers} layers`,
        })),
        { path: join(folderOf(STAGES), 'hessian-stages'), caption: 'two layers along a training' },
      ],
      found: `At initialisation query and key hardly bend the loss, with two tokens and small weights; value, projection and MLP hold nearly all of it. Along a training of two layers the share in the diagonal blocks is ${along.join(', ')}.`,
      numbers: { found, stages: stages.map(({ step, loss, structure }) => ({ step, loss, structure })) },
    };
  },
};
