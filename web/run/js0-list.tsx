/** JS0 under every definition, with its error and what would be noise. */
import { definitionFacts } from '../../src/app/report/definitions.ts';
import { formatEstimate, formatNumber } from '../../src/app/report/format.ts';
import type { DistanceSummary } from '../../src/app/server/contract/entries.ts';

export interface Js0ListProps {
  readonly definitions: readonly DistanceSummary[];
  readonly headline: string | null;
}

/** The headline large, the others small beside it. */
export function Js0List({ definitions, headline }: Js0ListProps) {
  if (definitions.length === 0) return null;
  const sorted = [...definitions].sort(
    (a, b) => Number(b.definition === headline) - Number(a.definition === headline),
  );
  return (
    <dl class="js0-list">
      {sorted.map(({ definition, js0, noiseFloor, unit }) => (
        <div
          key={definition}
          class={definition === headline ? 'is-headline' : ''}
          title={definitionFacts(definition).title}
        >
          <dt>{definition === headline ? `JS0 (${definition})` : definition}</dt>
          <dd>
            {formatEstimate(js0)}
            <span class="muted">
              {' '}
              {[unit, noiseFloor === null ? '' : `noise ${formatNumber(noiseFloor, 2)}`]
                .filter(Boolean)
                .join(', ')}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
