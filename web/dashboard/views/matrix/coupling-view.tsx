/** How strongly blocks are coupled, for models of any size. */
import { useMemo } from 'preact/hooks';
import type { RecordDetail } from '../../../../src/app/server/contract/entries.ts';
import type { CouplingRecord } from '../../../../src/app/server/contract/records.ts';
import { chosenWord, useQuery } from '../../../page/address.ts';
import { Segments } from '../../../parts/choices.tsx';
import { EntryHead } from '../../parts/entry-head.tsx';
import { Pictures } from '../../parts/pictures.tsx';
import { diagonalWords } from './exact-view.tsx';
import { groupLabels } from './group-labels.ts';
import { MatrixFigure } from './matrix-figure.tsx';

const MEASURES = {
  entries: {
    title: 'Typical entry of each block',
    unit: 'root mean square entry, units of λ',
    caption: 'The root mean square entry of the Hessian’s block between two groups of parameters.',
    of: ({ rmsEntries }: CouplingRecord) => rmsEntries,
  },
  ratios: {
    title: 'Coupling of each pair of blocks',
    unit: '|H_kl| ÷ √(|H_kk| |H_ll|)',
    caption:
      'The norm of the block between two groups, beside those of the two on the diagonal: 0 is uncoupled.',
    of: ({ ratios }: CouplingRecord) => ratios,
  },
} as const;

const NAMES = Object.keys(MEASURES) as [keyof typeof MEASURES, ...(keyof typeof MEASURES)[]];

export function CouplingView({ detail }: { readonly detail: RecordDetail }) {
  const query = useQuery();
  const record = detail.record as unknown as CouplingRecord;
  const name = chosenWord(query, 'coupling', NAMES);
  const { title, unit, caption, of } = MEASURES[name];
  const labels = useMemo(() => groupLabels(record.groups), [record]);
  const matrix = useMemo(() => of(record), [record, of]);
  const error = record.diagonalShare?.standardError;
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <p class="lead">{diagonalWords(record.diagonalShare?.mean ?? null, record.structurelessShare)}</p>
      <p class="muted">
        Estimated from {record.probes} probes of each block
        {error ? `; the share is known to ± ${(100 * error).toPrecision(2)} %` : ''}.
      </p>
      <div class="figures even">
        <MatrixFigure
          title={title}
          caption={caption}
          unit={unit}
          labels={labels}
          matrix={matrix}
          query={query}
          controls={
            <Segments
              label="measure"
              words={NAMES}
              chosen={name}
              onChoose={(word) => query.change({ coupling: word })}
            />
          }
        />
        <Pictures id={detail.summary.id} pictures={detail.pictures} />
      </div>
    </section>
  );
}
