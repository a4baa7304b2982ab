/** A training: its curves while it goes on and after, what was asked, stop and resume. */
import { useMemo } from 'preact/hooks';
import type { TrainingDetail } from '../../../../src/app/server/contract/entries.ts';
import { useQuery } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import { Facts } from '../../../parts/words.tsx';
import { freshMetrics } from '../../api/live.ts';
import { EntryHead } from '../../parts/entry-head.tsx';
import type { DrawnTraining } from '../../training/training-curves.ts';
import { TrainingFigure } from '../../training/training-figure.tsx';
import { EntryActions } from '../live/entry-actions.tsx';
import { joinedMetrics } from './joined-metrics.ts';

export function TrainingView({ detail }: { readonly detail: TrainingDetail }) {
  const query = useQuery();
  const { summary, steps } = detail;
  const fresh = freshMetrics.value.get(summary.id);
  const metrics = useMemo(() => joinedMetrics(detail.metrics, fresh), [detail.metrics, fresh]);
  const { accent } = palette.value;
  const trainings = useMemo(
    (): DrawnTraining[] => [
      { key: summary.id, label: summary.title, colour: accent, isDashed: false, metrics },
    ],
    [summary.id, summary.title, accent, metrics],
  );
  return (
    <section class="view">
      <EntryHead summary={summary}>
        <EntryActions summary={summary} />
      </EntryHead>
      {detail.error && <p class="problem">{detail.error}</p>}
      {summary.status !== 'finished' && (
        <p>
          Step {metrics.step.at(-1) ?? 0} of {steps}.
        </p>
      )}
      <TrainingFigure
        title="Along the training"
        caption="What the optimizer saw step by step; drag to look closer, double-click for all of it."
        trainings={trainings}
        query={query}
        height={420}
      />
      <details class="about" open>
        <summary>About this training</summary>
        <Facts facts={detail.facts} />
      </details>
    </section>
  );
}
