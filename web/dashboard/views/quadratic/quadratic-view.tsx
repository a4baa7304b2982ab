/** Quadratic problems that a command has tried: one contest after the other. */
import { Link } from 'wouter-preact';
import { formatNumber } from '../../../../src/app/report/format.ts';
import type { RecordDetail } from '../../../../src/app/server/contract/entries.ts';
import type { QuadraticRecord } from '../../../../src/app/server/contract/records.ts';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { Claims } from '../../../parts/words.tsx';
import { EntryHead } from '../../parts/entry-head.tsx';
import { Pictures } from '../../parts/pictures.tsx';
import { DescentFigure } from './descent-figure.tsx';
import { playgroundHref } from './playground-problem.ts';

/** Problems of at most so many variables can be opened in the playground. */
const MOST_PLAYED = 24;

export function QuadraticView({ detail }: { readonly detail: RecordDetail }) {
  const record = detail.record as unknown as QuadraticRecord;
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      <Claims claims={record.claims} />
      <div class="figures even">
        {record.contests.map(({ name, title, dim, conditionNumber, methods, spectra }) => (
          <div key={name}>
            <DescentFigure title={`Case ${name}: ${title}`} descents={methods} />
            <p class="muted">
              {dim} variables in {spectra.length} blocks, condition number {formatNumber(conditionNumber)}.{' '}
              {dim <= MOST_PLAYED && <Link href={playgroundHref(spectra)}>Open in the playground</Link>}
            </p>
            <ScrollBox label={`Methods of case ${name}`}>
              <table class="numbers">
                <thead>
                  <tr>
                    <th>method</th>
                    <th class="number">median steps to a millionth</th>
                    <th class="number">÷ those of GD</th>
                  </tr>
                </thead>
                <tbody>
                  {methods.map((method) => (
                    <tr key={method.name}>
                      <td>{method.title}</td>
                      <td class="number">{method.medianSteps?.toLocaleString('en') ?? 'not reached'}</td>
                      <td class="number">{formatNumber(method.medianRatio)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
          </div>
        ))}
      </div>
      <Pictures id={detail.summary.id} pictures={detail.pictures} />
    </section>
  );
}
