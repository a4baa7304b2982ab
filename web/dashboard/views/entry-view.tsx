/** An entry of whatever kind, by its id. */
import type { EntryDetail, SpectrumDetail } from '../../../src/app/server/contract/entries.ts';
import { fetchEntry } from '../api/client.ts';
import { versionOf } from '../api/live.ts';
import { useResource } from '../api/resource.ts';
import { Waiting } from '../parts/words.tsx';
import { RunView } from './run/run-view.tsx';

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
    default:
      return <RunView detail={detail as SpectrumDetail} />;
  }
}
