/** The quadratic problems of Section 3.1. */

/** A case of the paper. */
export interface QuadraticCase {
  readonly name: string;
  readonly title: string;
  /** Whether its blocks differ in their spectra, as the paper has it; null where it says nothing. */
  readonly isHeterogeneous: boolean | null;
  /** For each block, the diagonal of Lambda_l. */
  readonly spectra: readonly (readonly number[])[];
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
