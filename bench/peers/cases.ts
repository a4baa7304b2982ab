/** The list of what is compared. A new case is an entry here; the Python side must know its model's family. */

/** Rows, inner extent and columns of a matrix product. */
export type ProductShape = readonly [rows: number, inner: number, columns: number];

/** A whole stochastic Lanczos quadrature, one probe for each operator. */
export interface QuadratureCase {
  /** Lanczos steps; the paper takes 100. */
  readonly steps: number;
  /** Names of the Python programs' methods that cover every block and the whole Hessian. */
  readonly overBlocks: readonly string[];
  /** Names of those that cover the whole Hessian alone. */
  readonly fullOnly: readonly string[];
}

export interface BenchmarkCase {
  readonly name: string;
  /** What it is, for tables. */
  readonly title: string;
  /** A model preset. */
  readonly model: string;
  /** Which of the models of `case.py` it is. */
  readonly family: 'mlp' | 'gpt' | 'vit' | 'resnet';
  readonly data: 'moby-dick' | 'digits' | 'coloured-digits';
  /** Side in pixels to which coloured digits are enlarged. */
  readonly imageSize?: number;
  /** Sequences or images. */
  readonly batch: number;
  /** Tokens in a sequence, where fewer than the preset's. */
  readonly contextLength?: number;
  /** Which blocks a step covers, in the syntax of `hesscope spectrum --blocks`. */
  readonly blocks: string;
  /** Matrix products of the case, on which the machine's rate is measured. */
  readonly shapes: readonly ProductShape[];
  /** Null where whole runs would take too long. */
  readonly quadrature: QuadratureCase | null;
  /** Small enough to try whether the benchmark works. */
  readonly isQuick: boolean;
  /** What the case took when the list was written, for the estimate of the time left. */
  readonly expectedSeconds: number;
}

/** Measured in every case besides its own shapes: large enough for any library's full rate. */
export const SQUARE: ProductShape = [2048, 2048, 2048];

const EVERY_PEER = {
  overBlocks: ['paper', 'kept', 'eigenthings'],
  fullOnly: ['kept-full', 'pyhessian-full', 'eigenthings-full'],
};

export const CASES: readonly BenchmarkCase[] = [
  {
    name: 'mlp-128',
    title: 'MLP, 128 digits',
    model: 'mlp',
    family: 'mlp',
    data: 'digits',
    batch: 128,
    blocks: 'all',
    shapes: [
      [128, 784, 300],
      [300, 128, 784],
    ],
    quadrature: { steps: 100, ...EVERY_PEER },
    isQuick: true,
    expectedSeconds: 130,
  },
  {
    name: 'mlp-1024',
    title: 'MLP, 1,024 digits',
    model: 'mlp',
    family: 'mlp',
    data: 'digits',
    batch: 1024,
    blocks: 'all',
    shapes: [
      [1024, 784, 300],
      [300, 1024, 784],
    ],
    quadrature: { steps: 100, ...EVERY_PEER },
    isQuick: false,
    expectedSeconds: 150,
  },
  {
    name: 'gpt-pico',
    title: 'gpt-pico, 8 x 64 tokens',
    model: 'gpt-pico',
    family: 'gpt',
    data: 'moby-dick',
    batch: 8,
    blocks: 'all',
    shapes: [
      [512, 64, 256],
      [512, 256, 64],
    ],
    quadrature: { steps: 100, ...EVERY_PEER },
    isQuick: true,
    expectedSeconds: 150,
  },
  {
    name: 'vit-pico',
    title: 'ViT (vit-pico), 32 digits',
    model: 'vit-pico',
    family: 'vit',
    data: 'digits',
    batch: 32,
    blocks: 'all',
    shapes: [
      [1600, 64, 256],
      [1600, 256, 64],
    ],
    quadrature: null,
    isQuick: false,
    expectedSeconds: 60,
  },
  {
    name: 'resnet18-64',
    title: 'ResNet18, 8 pictures of 3 x 64 x 64',
    model: 'resnet18',
    family: 'resnet',
    data: 'coloured-digits',
    imageSize: 64,
    batch: 8,
    blocks: 'all',
    // Convolutions of 3 x 3 as products: places by patch by channels, of the first three stages.
    shapes: [
      [2048, 576, 64],
      [512, 1152, 128],
      [128, 2304, 256],
    ],
    quadrature: null,
    isQuick: false,
    expectedSeconds: 240,
  },
  {
    name: 'gpt-nano',
    title: 'gpt-nano, 8 x 256 tokens',
    model: 'gpt-nano',
    family: 'gpt',
    data: 'moby-dick',
    batch: 8,
    blocks: 'all',
    shapes: [
      [2048, 384, 1536],
      [2048, 1536, 384],
      [384, 2048, 1536],
    ],
    quadrature: { steps: 3, overBlocks: ['paper', 'kept'], fullOnly: [] },
    isQuick: false,
    expectedSeconds: 900,
  },
  {
    name: 'gpt2-124M',
    title: 'GPT-2 (124M), 1 x 256 tokens',
    model: 'gpt2-paper',
    family: 'gpt',
    data: 'moby-dick',
    batch: 1,
    contextLength: 256,
    blocks: 'kind:embedding,layer:1,layer:6,layer:12',
    shapes: [
      [256, 768, 3072],
      [768, 256, 3072],
      [256, 768, 50304],
    ],
    quadrature: null,
    isQuick: false,
    expectedSeconds: 420,
  },
];
