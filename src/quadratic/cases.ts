/** The quadratic problems of Section 3.1. */
import { GPT2_SPECTRA, type MeasuredSpectra, RESNET18_SPECTRA } from './measured-spectra.ts';
import { onCommonRange } from './sampled.ts';

/** A case of the paper. */
export interface QuadraticCase {
  readonly name: string;
  readonly title: string;
  /** Whether its blocks differ in their spectra, as the paper has it; null where it says nothing. */
  readonly isHeterogeneous: boolean | null;
  /** For each block, the diagonal of Lambda_l. */
  readonly spectra: readonly (readonly number[])[];
  /** What the blocks are of, where they are of something. */
  readonly blockNames?: readonly string[];
}

/** Cases 3 and 4: the same nine eigenvalues, dealt to blocks by size or one of each size to every block. */
export const SIMPLIFIED_CASES: readonly QuadraticCase[] = [
  {
    name: '3',
    title: 'simplified heterogeneous blocks',
    isHeterogeneous: true,
    spectra: [
      [1, 2, 3],
      [99, 100, 101],
      [4998, 4999, 5000],
    ],
  },
  {
    name: '4',
    title: 'simplified homogeneous blocks',
    isHeterogeneous: false,
    spectra: [
      [1, 99, 4998],
      [2, 100, 4999],
      [3, 101, 5000],
    ],
  },
];

/** The least and the greatest eigenvalue of Cases 1 and 2. */
const [LEAST, GREATEST] = [1, 5000];

function measuredCase(
  name: string,
  title: string,
  isHeterogeneous: boolean,
  { blocks }: MeasuredSpectra,
): QuadraticCase {
  return {
    name,
    title,
    isHeterogeneous,
    spectra: onCommonRange(blocks, LEAST, GREATEST),
    blockNames: blocks.map((block) => block.name),
  };
}

/** All of the paper's. */
export const PAPER_CASES: readonly QuadraticCase[] = [
  measuredCase('1', 'blocks of GPT2', true, GPT2_SPECTRA),
  measuredCase('2', 'blocks of ResNet18', false, RESNET18_SPECTRA),
  ...SIMPLIFIED_CASES,
];
