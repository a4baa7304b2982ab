/** Curves of trainings over one another. */
import { useMemo } from 'preact/hooks';
import type { TrainingDetail } from '../../../../src/app/server/contract/entries.ts';
import type { Query } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import type { DrawnTraining } from '../../training/training-curves.ts';
import { TrainingFigure } from '../../training/training-figure.tsx';
import { distinctTitles } from './distinct-titles.ts';

export interface ComparedTrainingsProps {
  readonly details: readonly TrainingDetail[];
  readonly query: Query;
}

export function ComparedTrainings({ details, query }: ComparedTrainingsProps) {
  const { series } = palette.value;
  const trainings = useMemo(() => {
    const titles = distinctTitles(details.map(({ summary }) => summary));
    return details.map(
      ({ summary, metrics }, index): DrawnTraining => ({
        key: summary.id,
        label: titles[index] as string,
        colour: series[index % series.length] as string,
        isDashed: index >= series.length,
        metrics,
      }),
    );
  }, [details, series]);
  return (
    <TrainingFigure
      title="Trainings"
      caption="Curves over steps; drag to look closer, double-click for all."
      trainings={trainings}
      query={query}
      height={420}
    />
  );
}
