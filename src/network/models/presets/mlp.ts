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
    }),
    build: ({ featureCount = 784, classCount = 10 }, { outputScale }) => {
      const sizes = [featureCount, ...PAPER_MLP.sizes.slice(1, -1), classCount];
      return mlp('mlp', { ...PAPER_MLP, sizes, outputScale });
    },
  }),
};
