/** A quadratic problem as the playground holds it: the eigenvalues of each block, and its address. */

export type Blocks = readonly (readonly number[])[];

/** An eigenvalue by its block and its place in it. */
export interface Place {
  readonly block: number;
  readonly index: number;
}

/** The server takes no more eigenvalues in all. */
export const MOST_EIGENVALUES = 24;
/** Eigenvalues lie between 1 and this. */
export const LARGEST_EIGENVALUE = 10_000;

/** Problems to begin with: the paper's simplified cases 3 and 4 (its Section 3.1), and one block. */
export const EXAMPLES: readonly { readonly name: string; readonly blocks: Blocks }[] = [
  {
    name: 'unlike blocks',
    blocks: [
      [1, 2, 3],
      [99, 100, 101],
      [4998, 4999, 5000],
    ],
  },
  {
    name: 'alike blocks',
    blocks: [
      [1, 99, 4998],
      [2, 100, 4999],
      [3, 101, 5000],
    ],
  },
  { name: 'one block', blocks: [[1, 2, 3, 99, 100, 101, 4998, 4999, 5000]] },
];

/** Where an eigenvalue lies on the axis, 0 to 1. */
export function shareOf(eigenvalue: number): number {
  return Math.log10(eigenvalue) / Math.log10(LARGEST_EIGENVALUE);
}

/** The eigenvalue at a place of the axis, to three digits. */
export function eigenvalueAt(share: number): number {
  const within = Math.min(1, Math.max(0, share));
  return Number((LARGEST_EIGENVALUE ** within).toPrecision(3));
}

/** The problem with one eigenvalue changed. */
export function withEigenvalue(blocks: Blocks, { block, index }: Place, eigenvalue: number): Blocks {
  return blocks.map((values, at) =>
    at === block ? values.map((value, place) => (place === index ? eigenvalue : value)) : values,
  );
}

/** The problem with an eigenvalue moved to another block, and where it is then. A block that is left empty stays. */
export function moved(blocks: Blocks, { block, index }: Place, to: number): { blocks: Blocks; place: Place } {
  const eigenvalue = blocks[block]?.[index];
  if (eigenvalue === undefined || to === block || to < 0 || to >= blocks.length)
    return { blocks, place: { block, index } };
  return {
    blocks: blocks.map((values, at) =>
      at === block
        ? values.filter((_, place) => place !== index)
        : at === to
          ? [...values, eigenvalue]
          : values,
    ),
    place: { block: to, index: blocks[to]?.length ?? 0 },
  };
}

/** The problem without an eigenvalue. */
export function without(blocks: Blocks, { block, index }: Place): Blocks {
  return blocks.map((values, at) => (at === block ? values.filter((_, place) => place !== index) : values));
}

/** The address of a problem. */
export function playgroundHref(blocks: Blocks): string {
  return `/quadratic?blocks=${blocksText(blocks)}`;
}

/** `1,2,3;99,100,101`. */
export function blocksText(blocks: Blocks): string {
  return blocks.map((values) => values.join(',')).join(';');
}

/** The problem of an address; null for one that is none. */
export function parseBlocks(text: string | null): Blocks | null {
  if (!text) return null;
  const blocks = text.split(';').map((part) => part.split(',').filter(Boolean).map(Number));
  const values = blocks.flat();
  const isSound =
    values.length > 0 &&
    values.length <= MOST_EIGENVALUES &&
    values.every((value) => value > 0 && value <= LARGEST_EIGENVALUE);
  return isSound ? blocks : null;
}
