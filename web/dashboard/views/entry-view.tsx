/** An entry of whatever kind, by its id. */
import type {
  EntryDetail,
  RecordDetail,
  SpectrumDetail,
  TrainingDetail,
} from '../../../src/app/server/contract/entries.ts';
import { useResource } from '../../parts/resource.ts';
import { Waiting } from '../../parts/words.tsx';
import { fetchEntry } from '../api/client.ts';
import { versionOf } from '../api/live.ts';
import { CouplingView } from './matrix/coupling-view.tsx';
import { ExactView } from './matrix/exact-view.tsx';
import { QuadraticView } from './quadratic/quadratic-view.tsx';
import { ReproductionView } from './reproduction/reproduction-view.tsx';
import { TheoryView } from './reproduction/theory-view.tsx';
import { RunView } from './run/run-view.tsx';
import { ExactStagesView } from './stages/exact-stages-view.tsx';
import { StagesView } from './stages/stages-view.tsx';
import { ComparisonView, FigureView } from './training/contest-view.tsx';
import { TrainingView } from './training/training-view.tsx';

export default function EntryView({ id }: { readonly id: string }) {
  const detail = useResource(id, `${id} ${versionOf(id)}`, () => fetchEntry(id));
  if (detail.value === null)
    return (
      <section class="view">
        <Waiting error={detail.error} what="the run" />
      </section>
    );
  return <DetailView detail={detail.value} />;
}

function DetailView({ detail }: { readonly detail: EntryDetail }) {
  switch (detail.summary.kind) {
    case 'spectrum':
      return <RunView detail={detail as SpectrumDetail} />;
    case 'training':
      return <TrainingView detail={detail as TrainingDetail} />;
    case 'comparison':
      return <ComparisonView detail={detail as RecordDetail} />;
    case 'stages':
      return <StagesView detail={detail as RecordDetail} />;
    case 'exact':
      return <ExactView detail={detail as RecordDetail} />;
    case 'exact-stages':
      return <ExactStagesView detail={detail as RecordDetail} />;
    case 'coupling':
      return <CouplingView detail={detail as RecordDetail} />;
    case 'quadratic':
      return <QuadraticView detail={detail as RecordDetail} />;
    case 'theory':
      return <TheoryView detail={detail as RecordDetail} />;
    case 'figure':
      return <FigureView detail={detail as RecordDetail} />;
    case 'reproduction':
      return <ReproductionView detail={detail as RecordDetail} />;
  }
}
