/** An entry while it is under way: its blocks filling up with the spectra that have settled, or its loss. */
import { useMemo } from 'preact/hooks';
import type {
  EntryKind,
  SpectrumDetail,
  TrainingDetail,
} from '../../../../src/app/server/contract/entries.ts';
import { useQuery } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import { useResource } from '../../../parts/resource.ts';
import { Waiting } from '../../../parts/words.tsx';
import { GrowingRun } from '../../../run/growing-run.tsx';
import { fetchEntry } from '../../api/client.ts';
import { freshMetrics, versionOf } from '../../api/live.ts';
import { servedRun } from '../../api/served-run.ts';
import { TrainingFigure } from '../../training/training-figure.tsx';
import { joinedMetrics } from '../training/joined-metrics.ts';

export interface LiveEntryProps {
  readonly id: string;
  readonly kind: EntryKind;
}

export function LiveEntry({ id, kind }: LiveEntryProps) {
  const version = versionOf(id);
  const detail = useResource(id, `${id} ${version}`, () => fetchEntry(id));
  if (detail.value === null) return <Waiting error={detail.error} what="the run" />;
  if (kind === 'spectrum')
    return <GrowingRun detail={detail.value as SpectrumDetail} source={servedRun(id)} />;
  if (kind === 'training') return <LiveTraining detail={detail.value as TrainingDetail} />;
  return null;
}

function LiveTraining({ detail }: { readonly detail: TrainingDetail }) {
  const query = useQuery();
  const { accent } = palette.value;
  const fresh = freshMetrics.value.get(detail.summary.id);
  const metrics = useMemo(() => joinedMetrics(detail.metrics, fresh), [detail.metrics, fresh]);
  const { id, title } = detail.summary;
  const trainings = useMemo(
    () => [{ key: id, label: title, colour: accent, isDashed: false, metrics }],
    [id, title, accent, metrics],
  );
  return (
    <TrainingFigure
      title={`Step ${metrics.step.at(-1) ?? 0} of ${detail.steps}`}
      caption="The loss of each batch as it comes."
      trainings={trainings}
      query={query}
      height={280}
    />
  );
}
