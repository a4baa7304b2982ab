import type { SpectrumRequestInput } from '../../src/study/spectrum/request.ts';

export interface ListedRun {
  readonly title: string;
  readonly request: SpectrumRequestInput;
  /** Left out unless asked for by `--long`. */
  readonly isLong: boolean;
}

/** The runs whose plan is compared with what they took. */
export const RUNS: readonly ListedRun[] = [
  { title: 'gpt-pico, defaults', request: { model: 'gpt-pico' }, isLong: false },
  { title: 'MLP, defaults', request: { model: 'mlp' }, isLong: false },
  { title: 'MLP, 1,024 digits', request: { model: 'mlp', batch: 1024 }, isLong: false },
  {
    title: 'gpt-pico, float64',
    request: { model: 'gpt-pico', precision: 'float64', steps: 30 },
    isLong: false,
  },
  ...['resnet18-pico', 'vgg16-pico', 'vit-pico', 'mixer-pico', 'bert-pico', 'mamba-pico'].map((model) => ({
    title: `${model}, 2 probes, 30 steps`,
    request: {
      model,
      probes: 2,
      steps: 30,
      ...(model === 'mixer-pico' ? { modelOptions: { head: 'random' } } : {}),
    },
    isLong: false,
  })),
  {
    title: 'gpt-nano, 8 x 256 tokens, 2 probes, 10 steps',
    request: { model: 'gpt-nano', batch: 8, probes: 2, steps: 10 },
    isLong: false,
  },
  {
    title: 'gpt-nano, 4 micro-batches of 2 x 256 tokens, residuals made again',
    request: { model: 'gpt-nano', batch: 2, microBatches: 4, probes: 1, steps: 4, memoryMiB: 400 },
    isLong: false,
  },
  {
    title: 'gpt2-paper, 1 x 1,024 tokens, embedding and layer 12, 3 steps',
    request: {
      model: 'gpt2-paper',
      batch: 1,
      probes: 1,
      steps: 3,
      blocks: 'kind:embedding,layer:12',
    },
    isLong: false,
  },
  {
    title: 'gpt-nano, 8 x 256 tokens, all 38 blocks, m = 100, one probe',
    request: { model: 'gpt-nano', batch: 8, probes: 1, steps: 100, full: false },
    isLong: true,
  },
];
