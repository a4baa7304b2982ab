/** The exact Hessian of a small model: its blocks as a heat map, all its eigenvalues, its pictures. */
import { useMemo } from 'preact/hooks';
import { formatNumber, formatShare } from '../../../../src/app/report/format.ts';
import type { RecordDetail, SpectrumNodes } from '../../../../src/app/server/contract/entries.ts';
import type { ExactMatrixRecord } from '../../../../src/app/server/contract/records.ts';
import { useQuery } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import { SpectrumFigure } from '../../../run/spectrum-figure.tsx';
import { EntryHead } from '../../parts/entry-head.tsx';
import { Pictures } from '../../parts/pictures.tsx';
import { groupLabels } from './group-labels.ts';
import { MatrixFigure } from './matrix-figure.tsx';

/** Which eigenvalue others are divided by, counted from the largest; the last where there are fewer. */
const NORMALISER_RANK = 10;

/** All eigenvalues as a spectrum of equal weights. */
export function exactNodes(name: string, eigenvalues: readonly number[]): SpectrumNodes {
  const weight = 1 / eigenvalues.length;
  return {
    name,
    method: 'exact',
    normaliser: eigenvalues.at(-Math.min(NORMALISER_RANK, eigenvalues.length)) ?? 1,
    probes: [{ nodes: [...eigenvalues], weights: eigenvalues.map(() => weight) }],
  };
}

/** How block-diagonal a matrix is, in a sentence. */
export function diagonalWords(diagonalShare: number | null, structurelessShare: number): string {
  if (diagonalShare === null) return 'The matrix is zero.';
  return `${formatShare(diagonalShare)} of the squared norm lies in the diagonal blocks, where a matrix without structure would have ${formatShare(structurelessShare)}.`;
}

export function ExactView({ detail }: { readonly detail: RecordDetail }) {
  const query = useQuery();
  const record = detail.record as unknown as ExactMatrixRecord;
  const { structure, groups, eigenvalues, dim } = record;
  const { ink } = palette.value;
  const labels = useMemo(() => groupLabels(groups), [groups]);
  const spectra = useMemo(
    () => [
      { label: 'all eigenvalues', colour: ink, isDashed: false, nodes: exactNodes('exact', eigenvalues) },
    ],
    [eigenvalues, ink],
  );
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <p class="lead">{diagonalWords(structure.diagonalShare, structure.structurelessShare)}</p>
      <p class="muted">
        {dim} × {dim} entries; eigenvalues from {formatNumber(eigenvalues[0] ?? null)} to{' '}
        {formatNumber(eigenvalues.at(-1) ?? null)}.
      </p>
      <div class="figures">
        <MatrixFigure
          title="Mean |entry| of each block"
          caption="Rows and columns are groups of parameters: a bright diagonal on a dark ground is a block-diagonal matrix."
          unit="mean |entry|, units of λ"
          labels={labels}
          matrix={structure.meanAbsolute}
          query={query}
        />
        <SpectrumFigure title="All eigenvalues" spectra={spectra} query={query} height={380} />
      </div>
      <Pictures id={detail.summary.id} pictures={detail.pictures} />
    </section>
  );
}
