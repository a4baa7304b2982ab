/** The exact Hessian of a small model along a training, as a heat map with a slider. */
import { useMemo } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { formatNumber } from '../../../../src/app/report/format.ts';
import type { RecordDetail } from '../../../../src/app/server/contract/entries.ts';
import type { ExactStagesRecord } from '../../../../src/app/server/contract/records.ts';
import { entryHref, useQuery } from '../../../page/address.ts';
import { EntryHead } from '../../parts/entry-head.tsx';
import { Pictures } from '../../parts/pictures.tsx';
import { diagonalWords } from '../matrix/exact-view.tsx';
import { groupLabels } from '../matrix/group-labels.ts';
import { MatrixFigure } from '../matrix/matrix-figure.tsx';
import { StageSlider, stageWords } from './stage-slider.tsx';

export function ExactStagesView({ detail }: { readonly detail: RecordDetail }) {
  const query = useQuery();
  const { stages } = detail.record as unknown as ExactStagesRecord;
  const { id } = detail.summary;
  const asked = stages.findIndex(({ name }) => name === query.get('stage'));
  const at = Math.max(asked, 0);
  const stage = stages[at];
  const labels = useMemo(() => groupLabels(stage?.groups ?? []), [stage]);
  const all = useMemo(() => stages.flatMap(({ structure }) => structure.meanAbsolute.flat()), [stages]);
  if (!stage) return <p class="empty">This training has no stages.</p>;
  const { structure, loss, leastEigenvalue, largestEigenvalue } = stage;
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <div class="controls">
        <StageSlider
          count={stages.length}
          at={at}
          words={stageWords(stage.step, stage.name)}
          onChange={(next) => query.change({ stage: stages[next]?.name ?? null })}
        />
        <Link href={entryHref(`${id}/${stage.name}`)}>This stage’s matrix</Link>
      </div>
      <p class="lead">{diagonalWords(structure.diagonalShare, structure.structurelessShare)}</p>
      <p class="muted">
        Loss {formatNumber(loss)} nats; eigenvalues from {formatNumber(leastEigenvalue)} to{' '}
        {formatNumber(largestEigenvalue)}.
      </p>
      <div class="figures even">
        <MatrixFigure
          title="Mean |entry| of each block"
          caption="One scale of colours for all stages, so that the slider shows what training changes."
          unit="mean |entry|, units of λ"
          labels={labels}
          matrix={structure.meanAbsolute}
          scaleValues={all}
          query={query}
        />
        <Pictures id={id} pictures={detail.pictures} />
      </div>
    </section>
  );
}
