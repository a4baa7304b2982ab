/** Trainings fetched to be drawn over one another. */
import { useMemo } from 'preact/hooks';
import type { Palette } from '../../../src/app/report/theme.ts';
import type { TrainingDetail } from '../../../src/app/server/contract/entries.ts';
import { type Resource, useResource } from '../../parts/resource.ts';
import { fetchEntry } from '../api/client.ts';
import type { DrawnTraining } from './training-curves.ts';

/** A training by its entry's id, and what charts call it. */
export interface NamedTraining {
  readonly id: string;
  readonly label: string;
}

/** The curves of some trainings, a colour each; the palette's colours are used again, dashed. */
export function useTrainings(
  trainings: readonly NamedTraining[],
  { series }: Palette,
): Resource<readonly DrawnTraining[]> {
  const key = trainings.length === 0 ? null : trainings.map(({ id }) => id).join('\n');
  const fetched = useResource('trainings', key, () =>
    Promise.all(
      trainings.map(async ({ id, label }) => ({
        id,
        label,
        detail: (await fetchEntry(id)) as TrainingDetail,
      })),
    ),
  );
  const value = useMemo(
    () =>
      fetched.value?.map(
        ({ id, label, detail }, index): DrawnTraining => ({
          key: id,
          label,
          colour: series[index % series.length] as string,
          isDashed: index >= series.length,
          metrics: detail.metrics,
        }),
      ) ?? null,
    [fetched.value, series],
  );
  return { ...fetched, value };
}
