/** A strip of a colour scheme, with the numbers at its ends and middle. */
import { formatNumber } from '../../src/app/report/format.ts';
import { type ColourScheme, cssColourAt, type ValueScale } from './colour-scale.ts';

const STEPS = 48;

export interface LegendStripProps {
  readonly scale: ValueScale;
  readonly scheme: ColourScheme;
  readonly unit: string;
}

export function LegendStrip({ scale, scheme, unit }: LegendStripProps) {
  return (
    <div class="legend-strip">
      <svg viewBox={`0 0 ${STEPS} 1`} preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: STEPS }, (_, index) => (
          // Steps overlap a little, so that no seams show between them.
          <rect
            key={index}
            x={index}
            width="1.1"
            height="1"
            fill={cssColourAt(scheme, index / (STEPS - 1))}
          />
        ))}
      </svg>
      <div class="legend-numbers">
        {[0, 0.5, 1].map((share) => (
          <span key={share}>{formatNumber(scale.valueAt(share), 2)}</span>
        ))}
      </div>
      <div class="legend-unit">{unit}</div>
    </div>
  );
}
