/** A spectrum run that the server holds. */
import { Link } from 'wouter-preact';
import type { SpectrumDetail } from '../../../../src/app/server/contract/entries.ts';
import { adviceHref } from '../../../page/address.ts';
import { RunFigures } from '../../../run/run-figures.tsx';
import { servedRun } from '../../api/served-run.ts';
import { EntryHead } from '../../parts/entry-head.tsx';
import { EntryActions } from '../live/entry-actions.tsx';

export function RunView({ detail }: { readonly detail: SpectrumDetail }) {
  const { summary } = detail;
  return (
    <section class="view">
      <EntryHead summary={summary}>
        <EntryActions summary={summary} />
        {detail.hasAdvice && <Link href={adviceHref(summary.id)}>Advice: SGD or Adam?</Link>}
      </EntryHead>
      <RunFigures detail={detail} source={servedRun(summary.id)} />
    </section>
  );
}
