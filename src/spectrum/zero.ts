import type { Precision } from './operator.ts';
import { epsilonOf } from './rounding.ts';
import type { OperatorSpectrum } from './spectrum.ts';

/**
 * How many eps of the whole Hessian's scale a block's eigenvalues may reach and still be zero to rounding.
 *
 * A block that vanishes identically (a key's bias, which softmax does not see) is computed as a
 * cancellation of terms of the size of its neighbours, so its noise is about one eps of the scale of
 * the whole Hessian: about 1e-7 in float32. There, eight eps (9.5e-7) is as much room as can be
 * given, since a true block may well be five orders below the largest one. In float64 no true block
 * comes near its rounding, and 512 eps (1.1e-13) allows for long sums.
 */
export const ZERO_BLOCK_MULTIPLE: Readonly<Record<Precision, number>> = { float32: 8, float64: 512 };

/** The largest |node| of all probes of several spectra; 0 for none. */
export function largestMagnitude(spectra: readonly OperatorSpectrum[]): number {
  let largest = 0;
  for (const { probes } of spectra) {
    for (const { nodes } of probes) {
      largest = Math.max(largest, Math.abs(nodes[0]!), Math.abs(nodes.at(-1)!));
    }
  }
  return largest;
}

/**
 * Whether an operator is zero to rounding: no |node| exceeds `ZERO_BLOCK_MULTIPLE` x eps x scale.
 *
 * @param scale the largest |node| of the whole Hessian and all its blocks.
 * @param precision the format in which the products were computed.
 */
export function isZeroAgainst(
  spectrum: Pick<OperatorSpectrum, 'name' | 'dim' | 'method' | 'probes'>,
  scale: number,
  precision: Precision,
): boolean {
  const size = largestMagnitude([{ ...spectrum, isZero: false }]);
  return size <= ZERO_BLOCK_MULTIPLE[precision] * epsilonOf(precision) * scale;
}

/**
 * The same blocks with `isZero` decided against the largest |node| of the full Hessian (where it was
 * measured) and of all the blocks.
 */
export function markZeroBlocks(
  blocks: readonly OperatorSpectrum[],
  full: OperatorSpectrum | null,
  precision: Precision,
): OperatorSpectrum[] {
  const scale = largestMagnitude(full === null ? blocks : [full, ...blocks]);
  return blocks.map((block) => ({ ...block, isZero: isZeroAgainst(block, scale, precision) }));
}
