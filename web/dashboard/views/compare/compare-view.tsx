/** Two or more entries beside each other. */
import { Link } from 'wouter-preact';
import type {
  EntryDetail,
  SpectrumDetail,
  TrainingDetail,
} from '../../../../src/app/server/contract/entries.ts';
import { entryHref, useQuery } from '../../../page/address.ts';
import { usePageTitle } from '../../../page/page-title.ts';
import { useResource } from '../../../parts/resource.ts';
import { KIND_WORDS, Waiting } from '../../../parts/words.tsx';
import { fetchEntry } from '../../api/client.ts';
import { ComparedSpectra } from './compared-spectra.tsx';
import { ComparedTrainings } from './compared-trainings.tsx';

export default function CompareView() {
  usePageTitle('Compare');
  const query = useQuery();
  const ids = query.list('run');
  const details = useResource('compare', ids.length > 0 ? ids.join('\n') : null, () =>
    Promise.all(ids.map(fetchEntry)),
  );
  if (ids.length < 2)
    return (
      <section class="view">
        <h1>Compare</h1>
        <p>
          Tick two or more runs in the <Link href="/">list</Link> to see them beside each other.
        </p>
      </section>
    );
  if (details.value === null)
    return (
      <section class="view">
        <Waiting error={details.error} what="the runs" />
      </section>
    );
  const spectra = details.value.filter((detail) => detail.summary.kind === 'spectrum');
  const trainings = details.value.filter((detail) => detail.summary.kind === 'training');
  const others = details.value.filter((detail) => !spectra.includes(detail) && !trainings.includes(detail));
  return (
    <section class="view">
      <div class="view-head">
        <h1>Compare {details.value.length} runs</h1>
        <p class="muted">Models are comparable where probes, steps and precision are the same.</p>
      </div>
      {spectra.length > 0 && <ComparedSpectra details={spectra as SpectrumDetail[]} query={query} />}
      {trainings.length > 0 && <ComparedTrainings details={trainings as TrainingDetail[]} query={query} />}
      {others.length > 0 && <Others details={others} />}
    </section>
  );
}

function Others({ details }: { readonly details: readonly EntryDetail[] }) {
  return (
    <p class="muted">
      Not drawn here:{' '}
      {details.map(({ summary }, index) => (
        <span key={summary.id}>
          {index > 0 && ', '}
          <Link href={entryHref(summary.id)}>{summary.title}</Link> ({KIND_WORDS[summary.kind]})
        </span>
      ))}
      .
    </p>
  );
}
