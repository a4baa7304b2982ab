import { z } from 'zod';
import { mlp, PAPER_MLP } from '../mlp.ts';
import { definePreset, type ModelPreset } from '../preset.ts';

/** Multi-layer perceptrons. */
export const MLP_PRESETS: Readonly<Record<string, ModelPreset>> = {
  mlp: definePreset('mlp', {
    summary: "the paper's 4-layer MLP, 784-300-128-64-10, outputs times c",
    dataKind: 'images',
    contextLength: null,
    paperBatch: 128,
    options: z.strictObject({
      outputScale: z
        .number()
        .positive()
        .default(1)
        .describe('the constant c of D.3, which multiplies outputs'),
      hidden: z
        .string()
        .regex(/^[1-9]\d*(-[1-9]\d*)*$/, 'expected widths joined by hyphens, such as 300-128-64')
        .default(PAPER_MLP.sizes.slice(1, -1).join('-'))
        .describe('widths of the hidden layers, joined by hyphens'),
      loss: z
        .enum(['cross-entropy', 'mse'])
        .default('cross-entropy')
        .describe('cross-entropy, or mse: the squared error to ones and zeros'),
    }),
    build: ({ featureCount = 784, classCount = 10 }, { outputScale, hidden, loss }) => {
      const sizes = [featureCount, ...hidden.split('-').map(Number), classCount];
      return mlp('mlp', { ...PAPER_MLP, sizes, outputScale, loss });
    },
  }),
};
