import { z } from 'zod';
import { type MambaConfig, mamba } from '../mamba.ts';
import { definePreset, type ModelPreset } from '../preset.ts';

/** What distinguishes the sizes. */
type Size = Pick<MambaConfig, 'layers' | 'width' | 'contextLength'>;

const NANO: Size = { layers: 10, width: 384, contextLength: 256 };
const PICO: Size = { layers: 2, width: 64, contextLength: 32 };

/** A decoder whose vocabulary comes from the data. */
function mambaPreset(name: string, summary: string, size: Size): ModelPreset {
  return definePreset(name, {
    summary,
    dataKind: 'text',
    contextLength: size.contextLength,
    tokenizer: 'character',
    options: z.strictObject({
      tied: z.boolean().default(true).describe('true or false: whether the output layer is the embedding'),
    }),
    build: ({ vocabularySize }, { tied }) => {
      if (vocabularySize === undefined)
        throw new Error(`${name}: expected the data's vocabulary size, found none`);
      return mamba(name, { ...size, expansion: 2, stateSize: 16, kernel: 4, vocabularySize, tied });
    },
  });
}

/** Selective state space models. */
export const MAMBA_PRESETS: Readonly<Record<string, ModelPreset>> = {
  'mamba-pico': mambaPreset(
    'mamba-pico',
    'a Mamba small enough for demonstrations: 2 layers, width 64, context 32',
    PICO,
  ),
  'mamba-nano': mambaPreset(
    'mamba-nano',
    'a Mamba of the size of gpt-nano: 10 layers, width 384, context 256, 10M parameters',
    NANO,
  ),
};
