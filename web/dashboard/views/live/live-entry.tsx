/** An entry while it is under way: its blocks filling up with the spectra that have settled, or its loss. */
import { useMemo } from 'preact/hooks';
import type {
  EntryKind,
  SpectrumDetail,
  TrainingDetail,
} from '../../../../src/app/server/contract/entries.ts';
import { fetchEntry } from '../../api/client.ts';
import { freshMetrics, versionOf } from '../../api/live.ts';
import { useResource } from '../../api/resource.ts';
import { useQuery } from '../../page/address.ts';
import { palette } from '../../page/appearance.ts';
import { Waiting } from '../../parts/words.tsx';
import { TrainingFigure } from '../../training/training-figure.tsx';
import { FULL, shortNameOf, useDrawn, useSpectra } from '../run/picked-spectra.ts';
import { SpectrumFigure } from '../run/spectrum-figure.tsx';
import { joinedMetrics } from '../training/joined-metrics.ts';
import { ProbeProgress } from './probe-progress.tsx';

export interface LiveEntryProps {
  readonly id: string;
  readonly kind: EntryKind;
}

export function LiveEntry({ id, kind }: LiveEntryProps) {
  const version = versionOf(id);
  const detail = useResource(id, `${id} ${version}`, () => fetchEntry(id));
  if (detail.value === null) return <Waiting error={detail.error} what="the run" />;
  if (kind === 'spectrum') return <LiveSpectra detail={detail.value as SpectrumDetail} version={version} />;
  if (kind === 'training') return <LiveTraining detail={detail.value as TrainingDetail} />;
  return null;
}

function LiveSpectra({ detail, version }: { readonly detail: SpectrumDetail; readonly version: string }) {
  const query = useQuery();
  const operators = [...detail.blocks, ...(detail.full ? [detail.full] : [])];
  // The block under way is the last that has begun.
  const begun = operators.filter(({ probeSteps, isMeasured }) => probeSteps.length > 0 || isMeasured);
  const name = begun.at(-1)?.name ?? null;
  const isFull = name !== null && name === detail.full?.name;
  const names = name === null ? [] : [isFull ? FULL : name];
  const spectra = useSpectra(detail.summary.id, version, names);
  const drawn = useDrawn(detail, spectra.value, names, palette.value);
  return (
    <div class="figures">
      <ProbeProgress detail={detail} />
      {name !== null && (
        <SpectrumFigure
          title={`As it settles: ${shortNameOf(detail, names[0] ?? '')}`}
          spectra={drawn}
          query={query}
          height={280}
        />
      )}
    </div>
  );
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
