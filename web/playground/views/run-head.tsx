/** The head of a run: what it is, and all its numbers to take away. */
import { formatDuration, formatNumber } from '../../../src/app/report/format.ts';
import type { SpectrumDetail } from '../../../src/app/server/contract/entries.ts';
import { fileNameOf, saveFile } from '../../charts/save-file.ts';
import { Status } from '../../parts/words.tsx';
import type { ShownRun } from '../state/shown-run.ts';

export interface RunHeadProps {
  readonly shown: ShownRun;
  readonly detail: SpectrumDetail;
}

export function RunHead({ shown, detail: { summary } }: RunHeadProps) {
  const { title, status, parameterCount, loss, elapsedMs, data } = summary;
  const facts = [
    parameterCount === null ? null : `${parameterCount.toLocaleString('en')} parameters`,
    loss === null ? null : `loss ${formatNumber(loss, 4)} nats`,
    elapsedMs ? `took ${formatDuration(elapsedMs)}` : null,
  ].filter((fact) => fact !== null);
  const save = () =>
    saveFile(
      `${fileNameOf(shown.run.record.run.name)}.json`,
      `${JSON.stringify(shown.run.record, null, 2)}\n`,
      'application/json',
    );
  return (
    <div class="view-head run-head">
      <h2>
        {title} {status !== 'finished' && <Status status={status} />}
      </h2>
      <p class="muted">{facts.join(' · ')}</p>
      {data && (
        <p class="muted one-line" title={data}>
          {data}
        </p>
      )}
      {shown.run.record.spectra && (
        <button type="button" class="quiet" onClick={save}>
          All numbers as JSON
        </button>
      )}
    </div>
  );
}
