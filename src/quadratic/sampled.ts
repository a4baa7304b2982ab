/** Eigenvalues of quadratic blocks taken from measured spectra of networks (Section 3.1, Cases 1 and 2). */

/** A measured block: Ritz values with the shares of the spectrum that they stand for. */
export interface MeasuredBlock {
  readonly name: string;
  /** Of each probe. */
  readonly probes: readonly { readonly nodes: readonly number[]; readonly weights: readonly number[] }[];
}

/** Eigenvalues of a block as they were measured, before they are moved to where a problem wants them. */
export interface SampledBlock {
  readonly name: string;
  /** Ascending. */
  readonly eigenvalues: readonly number[];
}

/**
 * `count` eigenvalues that stand for a block's spectrum: the least and the greatest node, so that the block keeps its range,
 * and between them the nodes at equal steps of the spectrum's mass, all probes taken together.
 *
 * @param count at least 2.
 */
export function sampleBlock({ name, probes }: MeasuredBlock, count: number): SampledBlock {
  const points = probes
    .flatMap(({ nodes, weights }) =>
      nodes.map((node, index) => ({ node, weight: (weights[index] as number) / probes.length })),
    )
    .sort((a, b) => a.node - b.node);
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const inner: number[] = [];
  let [place, below] = [0, 0];
  for (let index = 0; index < count - 2; index++) {
    const wanted = ((index + 0.5) / (count - 2)) * total;
    while (place < points.length - 1 && below + (points[place]?.weight as number) < wanted) {
      below += points[place]?.weight as number;
      place++;
    }
    inner.push(points[place]?.node as number);
  }
  return { name, eigenvalues: [points[0]?.node as number, ...inner, points.at(-1)?.node as number] };
}

/**
 * Shifts and scales the eigenvalues of all blocks by one map, so that the least becomes `least` and the greatest `greatest`: a
 * map for each block would take away how the blocks differ.
 *
 * @throws Error when all eigenvalues are equal.
 */
export function onCommonRange(blocks: readonly SampledBlock[], least: number, greatest: number): number[][] {
  const all = blocks.flatMap(({ eigenvalues }) => eigenvalues);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (low === high) throw new Error(`expected eigenvalues that differ, found ${low} alone`);
  const scale = (greatest - least) / (high - low);
  return blocks.map(({ eigenvalues }) =>
    // The ends exactly.
    eigenvalues.map((value) => (value === high ? greatest : least + (value - low) * scale)),
  );
}
