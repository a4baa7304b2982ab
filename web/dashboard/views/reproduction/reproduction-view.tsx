/** Every figure and table of the paper: what it says, what was found, the verdict on each claim. */
import { useEffect } from 'preact/hooks';
import { formatDuration } from '../../../../src/app/report/format.ts';
import type { RecordDetail } from '../../../../src/app/server/contract/entries.ts';
import type { ClaimRecord, ReproducedRecord } from '../../../../src/app/server/contract/records.ts';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { Claims } from '../../../parts/words.tsx';
import { EntryHead } from '../../parts/entry-head.tsx';
import { Pictures } from '../../parts/pictures.tsx';

function count(claims: readonly ClaimRecord[], verdict: ClaimRecord['verdict']): number {
  return claims.filter((claim) => claim.verdict === verdict).length;
}

export function ReproductionView({ detail }: { readonly detail: RecordDetail }) {
  const { records } = detail.record as unknown as { readonly records: readonly ReproducedRecord[] };
  const claims = records.flatMap((record) => record.claims);
  useEffect(() => {
    // The browser looked for the address's figure before it was there.
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
  }, []);
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <p class="lead">
        Claims of the paper: {claims.length}. What was found agrees with {count(claims, 'agrees')}, partly
        with {count(claims, 'partly')}, and not with {count(claims, 'does not')}.
      </p>
      <ScrollBox label="Figures and tables">
        <table class="numbers contents">
          <thead>
            <tr>
              <th>figure or table</th>
              <th>size</th>
              <th class="number">agree</th>
              <th class="number">partly</th>
              <th class="number">do not</th>
              <th class="number">time</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <tr key={record.name}>
                <td>
                  <a href={`#${record.name}`}>{record.title}</a>
                </td>
                <td>{record.size}</td>
                <td class="number">{count(record.claims, 'agrees')}</td>
                <td class="number">{count(record.claims, 'partly')}</td>
                <td class="number">{count(record.claims, 'does not')}</td>
                <td class="number">{formatDuration(record.elapsedMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {records.map((record) => (
        <Reproduced key={record.name} id={detail.summary.id} record={record} />
      ))}
    </section>
  );
}

interface ReproducedProps {
  readonly id: string;
  readonly record: ReproducedRecord;
}

function Reproduced({ id, record }: ReproducedProps) {
  const { name, title, paper, differs, found, claims, pictures, commands, notes } = record;
  const paths = pictures.map(({ file }) => `${name}/${file}`);
  const captions = Object.fromEntries(pictures.map(({ file, caption }) => [`${name}/${file}`, caption]));
  return (
    <article class="part" id={name}>
      <h2>{title}</h2>
      <div class="reading">
        <dl class="said">
          <dt>The paper</dt>
          <dd>{paper}</dd>
          <dt>Found</dt>
          <dd>{found}</dd>
          <dt>Differs</dt>
          <dd>{differs}</dd>
        </dl>
        <Claims claims={claims} />
        {notes.map((note) => (
          <p key={note} class="muted">
            {note}
          </p>
        ))}
        <details>
          <summary>Commands</summary>
          <pre>{commands.join('\n')}</pre>
        </details>
      </div>
      <Pictures id={id} pictures={paths} captions={captions} />
    </article>
  );
}
