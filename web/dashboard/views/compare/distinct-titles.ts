/** Names by which entries are told apart. */
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';

/** Titles where they differ, addresses where they do not. */
export function distinctTitles(summaries: readonly Pick<EntrySummary, 'id' | 'title'>[]): string[] {
  const titles = summaries.map(({ title }) => title);
  return summaries.map(({ id, title }) =>
    titles.filter((other) => other === title).length > 1 ? id : title,
  );
}
