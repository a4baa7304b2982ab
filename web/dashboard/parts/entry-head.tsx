/** The head of an entry's view: what it is, how it stands, when it was made. */
import type { ComponentChildren } from 'preact';
import { formatDuration, formatNumber } from '../../../src/app/report/format.ts';
import type { EntrySummary } from '../../../src/app/server/contract/entries.ts';
import { usePageTitle } from '../../page/page-title.ts';
import { KIND_WORDS, Status, timeWords } from '../../parts/words.tsx';
import { fileAddress } from '../api/client.ts';

export interface EntryHeadProps {
  readonly summary: EntrySummary;
  /** Links and buttons beside those that every entry has. */
  readonly children?: ComponentChildren;
}

export function EntryHead({ summary, children }: EntryHeadProps) {
  usePageTitle(summary.title);
  const { id, title, kind, status, model, data, parameterCount, loss, createdAt, elapsedMs } = summary;
  const facts = [
    KIND_WORDS[kind],
    model,
    parameterCount === null ? null : `${parameterCount.toLocaleString('en')} parameters`,
    loss === null ? null : `loss ${formatNumber(loss, 4)} nats`,
    timeWords(createdAt),
    elapsedMs === null ? null : `took ${formatDuration(elapsedMs)}`,
  ].filter((fact) => fact !== null && fact !== title);
  return (
    <div class="view-head">
      <h1>
        {title} {status !== 'finished' && <Status status={status} />}
      </h1>
      <p class="muted">{facts.join(' · ')}</p>
      {data && (
        <p class="muted one-line" title={data}>
          {data}
        </p>
      )}
      <p class="view-links">
        {children}
        {summary.hasReport && (
          <a href={fileAddress(id, 'report.html')} target="_blank" rel="noreferrer">
            Report
          </a>
        )}
      </p>
    </div>
  );
}
