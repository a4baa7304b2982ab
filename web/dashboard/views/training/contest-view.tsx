/** Trainings by optimizer and learning rate: the grid as a picture, and the curves of those that are picked. */
import { formatNumber } from '../../../../src/app/report/format.ts';
import type { RecordDetail } from '../../../../src/app/server/contract/entries.ts';
import type { ComparisonRecord, FigureStudyRecord } from '../../../../src/app/server/contract/records.ts';
import { type Query, useQuery } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import { WordList } from '../../../parts/choices.tsx';
import { Figure } from '../../../parts/figure.tsx';
import { Claims } from '../../../parts/words.tsx';
import { EntryHead } from '../../parts/entry-head.tsx';
import { useTrainings } from '../../training/drawn-trainings.ts';
import type { RatePoint } from '../../training/rate-cells.ts';
import { RateGrid } from '../../training/rate-grid.tsx';
import { rateGridSvg } from '../../training/rate-grid-svg.ts';
import { TrainingFigure } from '../../training/training-figure.tsx';

/** `hesscope compare`. */
export function ComparisonView({ detail }: { readonly detail: RecordDetail }) {
  const query = useQuery();
  const record = detail.record as unknown as ComparisonRecord;
  const { relativeGap, verdicts } = record;
  const best = verdicts.flatMap((verdict) => (verdict.best ? [verdict.best.name] : []));
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <p class="lead">{gapWords(relativeGap)}</p>
      <p class="muted">
        {verdicts
          .map(({ optimizer, best: point, isAtEdge }) =>
            point
              ? `${optimizer}: ${formatNumber(point.finalLoss)} nats at learning rate ${point.learningRate}${isAtEdge ? ' (edge of the grid)' : ''}`
              : `${optimizer}: diverged with every learning rate`,
          )
          .join('; ')}
      </p>
      <Contest
        points={record.points}
        best={best}
        idOf={(name) => `${detail.summary.id}/${name}`}
        query={query}
      />
    </section>
  );
}

function gapWords(relativeGap: number | null): string {
  if (relativeGap === null) return 'SGD and AdamW were not both trained, so there is no gap to tell.';
  const share = `${Math.round(100 * Math.abs(relativeGap))} %`;
  return relativeGap >= 0
    ? `SGD at its best misses ${share} of the fall in loss that AdamW reaches.`
    : `SGD at its best falls ${share} further than AdamW.`;
}

/** `hesscope figure`: contests on several networks. */
export function FigureView({ detail }: { readonly detail: RecordDetail }) {
  const query = useQuery();
  const record = detail.record as unknown as FigureStudyRecord;
  const subjects = [...new Set(record.trainings.map(({ subject }) => subject))];
  const subject = subjects.find((name) => name === query.get('subject')) ?? subjects[0] ?? '';
  const points = record.trainings.filter((training) => training.subject === subject && training.seed === 0);
  const { id } = detail.summary;
  const parent = id.includes('/') ? `${id.slice(0, id.lastIndexOf('/'))}/` : '';
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <Claims claims={record.claims} />
      {subjects.length > 1 && (
        <div class="controls">
          <WordList
            label="network"
            words={subjects}
            chosen={subject}
            onChoose={(word) => query.change({ subject: word, training: null })}
          />
        </div>
      )}
      <Contest
        points={points}
        best={bestOf(points)}
        idOf={(name) => `${parent}trainings/${name}`}
        query={query}
      />
      {record.notes.map((note) => (
        <p key={note} class="muted">
          {note}
        </p>
      ))}
    </section>
  );
}

/** The training with the least final loss of each optimizer. */
function bestOf(points: readonly RatePoint[]): string[] {
  const optimizers = [...new Set(points.map(({ optimizer }) => optimizer))];
  return optimizers.flatMap((optimizer) => {
    const own = points.filter((point) => point.optimizer === optimizer && point.finalLoss !== null);
    const best = own.sort((a, b) => (a.finalLoss ?? 0) - (b.finalLoss ?? 0))[0];
    return best ? [best.name] : [];
  });
}

const GRID_TITLE = 'Final loss by optimizer and learning rate';
const GRID_CAPTION = 'Loss on the examples held back after the last step; dark is low.';

interface ContestProps {
  readonly points: readonly RatePoint[];
  /** Names of the trainings that are drawn unless others are picked. */
  readonly best: readonly string[];
  readonly idOf: (name: string) => string;
  readonly query: Query;
}

function Contest({ points, best, idOf, query }: ContestProps) {
  const asked = query.list('training').filter((name) => points.some((point) => point.name === name));
  const picked = asked.length > 0 ? asked : best;
  const named = points
    .filter(({ name }) => picked.includes(name))
    .map(({ name, optimizer, learningRate }) => ({
      id: idOf(name),
      label: `${optimizer}, rate ${learningRate}`,
    }));
  const trainings = useTrainings(named, palette.value);
  const pick = (name: string) =>
    query.change({
      training: picked.includes(name) ? picked.filter((other) => other !== name) : [...picked, name],
    });
  return (
    <div class="figures even">
      <Figure
        title={GRID_TITLE}
        caption={`${GRID_CAPTION} Click a cell to draw its curve or to take it away.`}
        svg={() => rateGridSvg(points, GRID_TITLE, GRID_CAPTION)}
      >
        <RateGrid points={points} picked={picked} onPick={pick} />
      </Figure>
      <div>
        {trainings.error && <p class="problem">{trainings.error}</p>}
        <TrainingFigure
          title="Curves of the trainings that are picked"
          caption="Each optimizer at its best rate to begin with."
          trainings={trainings.value ?? []}
          query={query}
        />
      </div>
    </div>
  );
}
