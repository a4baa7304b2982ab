/** Small pieces of text that many views share. */
import { formatEstimate } from '../../src/app/report/format.ts';
import type { EntryKind, EntrySummary } from '../../src/app/server/contract/entries.ts';
import type { ClaimRecord } from '../../src/app/server/contract/records.ts';

/** Kinds of entries as people call them. */
export const KIND_WORDS: Readonly<Record<EntryKind, string>> = {
  spectrum: 'spectrum',
  training: 'training',
  comparison: 'comparison',
  stages: 'spectra along a training',
  exact: 'exact Hessian',
  'exact-stages': 'exact Hessian along a training',
  coupling: 'coupling',
  quadratic: 'quadratic',
  theory: 'theory',
  figure: 'figure',
  reproduction: 'reproduction',
};

export function Status({ status }: Pick<EntrySummary, 'status'>) {
  return <span class={`status status-${status}`}>{status}</span>;
}

/** JS0 with its error; the noise floor on hovering. */
export function Js0({ js0 }: Pick<EntrySummary, 'js0'>) {
  if (!js0) return <>–</>;
  const title = js0.noiseFloor === null ? undefined : `noise floor ${js0.noiseFloor.toPrecision(2)} nats`;
  return <span title={title}>{formatEstimate(js0)}</span>;
}

/** A time as a date and minutes of the reader's own clock. */
export function timeWords(iso: string): string {
  const time = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** What stands in a view's place while it is fetched, or when it could not be. */
export function Waiting({ error, what }: { readonly error: string | null; readonly what: string }) {
  return error === null ? (
    <p class="waiting" role="status">
      Loading {what} …
    </p>
  ) : (
    <p class="problem" role="alert">
      {error}
    </p>
  );
}

/** Claims of the paper, each with its verdict and the numbers that decide. */
export function Claims({ claims }: { readonly claims: readonly ClaimRecord[] }) {
  if (claims.length === 0) return null;
  return (
    <ul class="claims">
      {claims.map((claim) => (
        <li key={claim.id}>
          <span class={`verdict verdict-${claim.verdict.replace(' ', '-')}`}>{claim.verdict}</span>
          <div>
            <p>{claim.text}</p>
            <p class="muted">Found: {claim.found}</p>
            <p class="muted">Threshold: {claim.threshold}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Label and text, side by side. */
export function Facts({
  facts,
}: {
  readonly facts: readonly { readonly label: string; readonly text: string }[];
}) {
  return (
    <dl class="facts">
      {facts.map(({ label, text }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
