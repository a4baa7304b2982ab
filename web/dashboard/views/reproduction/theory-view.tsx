/** The paper's theory, tried with numbers. */
import type { RecordDetail } from '../../../../src/app/server/contract/entries.ts';
import type { TheoryRecord } from '../../../../src/app/server/contract/records.ts';
import { Claims } from '../../../parts/words.tsx';
import { EntryHead } from '../../parts/entry-head.tsx';
import { Pictures } from '../../parts/pictures.tsx';

export function TheoryView({ detail }: { readonly detail: RecordDetail }) {
  const { checks } = detail.record as unknown as TheoryRecord;
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <div class="reading">
        {checks.map(({ name, title, remark, claims, numbers }) => (
          <article key={name} class="part">
            <h2>{title}</h2>
            <p class="muted">{remark}</p>
            <Claims claims={claims} />
            <details>
              <summary>Numbers</summary>
              <pre>{JSON.stringify(numbers, null, 1)}</pre>
            </details>
          </article>
        ))}
      </div>
      <Pictures id={detail.summary.id} pictures={detail.pictures} />
    </section>
  );
}
