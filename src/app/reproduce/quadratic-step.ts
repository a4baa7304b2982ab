/** The quadratic problems, which Figures 8, 12 and 13 have in common. */
import { join } from 'node:path';
import { wassersteinOne } from '../../spectrum/index.ts';
import { judgeClaim } from '../../study/claims.ts';
import type { Conclusion, FolderOf, ReproductionChoices, Step } from './definition.ts';
import { readResult, shown } from './steps.ts';

export const QUADRATIC = 'quadratic';

export function quadraticStep({ size }: ReproductionChoices): Step {
  const trials = size === 'quick' ? ['--trials', '3'] : [];
  return { folder: QUADRATIC, args: ['quadratic', '--case', '1,2,3,4', ...trials] };
}

/** How far blocks lie apart, as a share of the range of all: above and below which they count as unlike and alike. */
const UNLIKE = 0.1;

/** What the histograms of a measured case say. */
export async function histogramConclusion(name: '1' | '2', folderOf: FolderOf): Promise<Conclusion> {
  const isHeterogeneous = name === '1';
  const path = folderOf(QUADRATIC);
  const { contests } = await readResult<{ contests: readonly { name: string; spectra: number[][] }[] }>(
    join(path, 'quadratic.json'),
    { contests: 'list' },
  );
  const apart = new Map(contests.map((contest) => [contest.name, meanDistance(contest.spectra)]));
  const [own, other] = [apart.get(name) ?? 0, apart.get(name === '1' ? '2' : '1') ?? 0];
  const found = `mean distance (W1 over the range) between blocks ${shown(own)}, in case ${name === '1' ? 2 : 1} ${shown(other)}`;
  const order = isHeterogeneous ? own > other : own < other;
  return {
    claims: [
      judgeClaim(
        {
          id: name === '1' ? '12' : '13',
          text: isHeterogeneous
            ? 'The four blocks of case 1 have different spectra.'
            : 'The four blocks of case 2 have similar spectra.',
          threshold: `the mean distance between two blocks is ${isHeterogeneous ? 'at least' : 'at most'} ${UNLIKE} of the range, and ${isHeterogeneous ? 'larger' : 'smaller'} than in the other case; partly: the latter`,
        },
        found,
        order && (isHeterogeneous ? own >= UNLIKE : own <= UNLIKE),
        order,
      ),
    ],
    pictures: [{ path: join(path, 'histograms'), caption: 'Eigenvalues of the blocks' }],
    found: `The ${found}.`,
    numbers: { meanDistance: own, inTheOtherCase: other },
  };
}

function meanDistance(spectra: readonly (readonly number[])[]): number {
  const all = spectra.flat();
  const range = Math.max(...all) - Math.min(...all);
  const masses = spectra.map((values) => ({
    nodes: [...values].sort((a, b) => a - b),
    masses: values.map(() => 1 / values.length),
  }));
  const distances = masses.flatMap((a, index) =>
    masses.slice(index + 1).map((b) => wassersteinOne(a, b) / range),
  );
  return distances.reduce((sum, value) => sum + value, 0) / distances.length;
}
