/** The expected gap with its interval on one line, beside the networks that it was learnt from. */
import type { AdviceRecord } from '../../../../src/app/server/contract/records.ts';
import { useMeasuredWidth } from '../../../parts/measured-width.ts';
import { percentWords } from './percent-words.ts';

const WIDEST = 640;
const HEIGHT = 92;
const MARGIN = 24;
const LINE = 44;
/** Above this gap Adam counts as needed. */
const PAR_GAP = 0.1;

export function ForecastStrip({ forecast }: Pick<AdviceRecord, 'forecast'>) {
  const [holder, width] = useMeasuredWidth(WIDEST);
  const { expectedGap, interval, nearest } = forecast;
  const [least = 0, largest = 0] = interval;
  const gaps = [least, largest, expectedGap, 0, PAR_GAP, ...nearest.map(({ relativeGap }) => relativeGap)];
  const finite = gaps.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const place = (gap: number) =>
    MARGIN + ((Math.min(high, gap) - low) / (high - low || 1)) * (width - 2 * MARGIN);
  const words = `Expected gap ${percentWords(expectedGap)}, interval ${percentWords(least)} to ${percentWords(largest)}; above ${percentWords(PAR_GAP)} Adam counts as needed`;
  return (
    <div ref={holder} class="forecast-strip">
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} role="img" aria-label={words}>
        <title>{words}</title>
        <line class="axis" x1={MARGIN} x2={width - MARGIN} y1={LINE} y2={LINE} />
        <line class="interval" x1={place(least)} x2={place(largest)} y1={LINE} y2={LINE} />
        <line class="par" x1={place(PAR_GAP)} x2={place(PAR_GAP)} y1={LINE - 26} y2={LINE + 14} />
        <text x={place(PAR_GAP) + 5} y={LINE - 17}>
          Adam needed beyond {percentWords(PAR_GAP)}
        </text>
        {nearest.map(({ name, data, relativeGap }) => (
          <circle key={`${name} ${data}`} class="near" cx={place(relativeGap)} cy={LINE} r="4">
            <title>{`${name}: ${percentWords(relativeGap)}`}</title>
          </circle>
        ))}
        <circle class="expected" cx={place(expectedGap)} cy={LINE} r="6" />
        <text x={place(expectedGap)} y={LINE + 24} text-anchor="middle">
          expected {percentWords(expectedGap)}
        </text>
        <text x={MARGIN} y={LINE + 42}>
          {percentWords(low)}
        </text>
        <text x={width - MARGIN} y={LINE + 42} text-anchor="end">
          {percentWords(high)} of AdamW’s fall in loss
        </text>
      </svg>
    </div>
  );
}
