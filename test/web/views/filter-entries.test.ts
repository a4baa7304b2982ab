import { expect, test } from 'vitest';
import type { EntrySummary } from '../../../src/app/server/contract/entries.ts';
import { type EntrySearch, filterEntries } from '../../../web/dashboard/views/runs/filter-entries.ts';

function entry(id: string, changes: Partial<EntrySummary>): EntrySummary {
  return {
    id,
    kind: 'spectrum',
    title: id,
    status: 'finished',
    model: null,
    data: null,
    parameterCount: null,
    loss: null,
    js0: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    elapsedMs: null,
    tags: [],
    hasReport: false,
    ...changes,
  };
}

const ENTRIES = [
  entry('one', { model: 'gpt-pico', js0: { mean: 0.4, standardError: null, noiseFloor: null } }),
  entry('two', { model: 'mlp', kind: 'training', tags: ['paper'] }),
  entry('ten', { model: 'gpt-nano', js0: { mean: 0.2, standardError: null, noiseFloor: null } }),
];
const SEARCH: EntrySearch = { text: '', kind: null, tag: null, sort: 'title', isReversed: false };
const found = (changes: Partial<EntrySearch>) =>
  filterEntries(ENTRIES, { ...SEARCH, ...changes }).map(({ id }) => id);

test('all words of a search must stand somewhere in an entry, in any case', () => {
  expect(found({ text: 'GPT nano' })).toEqual(['ten']);
  expect(found({ text: 'gpt' })).toEqual(['one', 'ten']);
  expect(found({ text: 'paper' })).toEqual(['two']);
  expect(found({ text: 'gpt paper' })).toEqual([]);
});

test('kind and tag are asked for by name', () => {
  expect(found({ kind: 'training' })).toEqual(['two']);
  expect(found({ tag: 'paper' })).toEqual(['two']);
});

test('what has no JS0 comes after what has one, and before it the other way round', () => {
  expect(found({ sort: 'js0' })).toEqual(['ten', 'one', 'two']);
  expect(found({ sort: 'js0', isReversed: true })).toEqual(['two', 'one', 'ten']);
});
