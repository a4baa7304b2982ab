/** The blocks' largest eigenvalues of several runs on one logarithmic axis. */
import { formatNumber } from '../../../../src/app/report/format.ts';
import { kindColour } from '../../../../src/app/report/theme.ts';
import type { SpectrumDetail } from '../../../../src/app/server/contract/entries.ts';
import { logAxis } from '../../../charts/placed-axis.ts';
import { palette } from '../../../page/appearance.ts';
import { useMeasuredWidth } from '../../../parts/measured-width.ts';

export interface BlockSpreadProps {
  readonly details: readonly SpectrumDetail[];
  readonly titles: readonly string[];
}

const FIRST_WIDTH = 720;
const LANE = 40;
const MARGIN = 16;
/** From one label of the axis to the next, about. */
const TICK_PIXELS = 70;

export function BlockSpread({ details, titles }: BlockSpreadProps) {
  const [holder, width] = useMeasuredWidth(FIRST_WIDTH);
  const axis = logAxis('largest eigenvalue λ');
  const lanes = details.map(({ blocks }) =>
    blocks.flatMap((block) => {
      const position = axis.place(block.largest?.mean ?? 0);
      return block.isZero || !Number.isFinite(position) ? [] : [{ block, position }];
    }),
  );
  const positions = lanes.flat().map(({ position }) => position);
  if (positions.length === 0) return <p class="empty">No block has a positive eigenvalue.</p>;
  const [low, high] = [Math.min(...positions) - 0.2, Math.max(...positions) + 0.2];
  const place = (position: number) => MARGIN + ((position - low) / (high - low)) * (width - 2 * MARGIN);
  const bottom = lanes.length * LANE;
  const words = titles.map((title, index) => `${title}: ${rangeWords(lanes[index] ?? [])}`).join('; ');
  return (
    <div ref={holder} class="block-spread">
      <svg
        viewBox={`0 0 ${width} ${bottom + 34}`}
        width={width}
        height={bottom + 34}
        role="img"
        aria-label={`Largest eigenvalues by block. ${words}`}
      >
        {lanes.map((lane, index) => (
          <g key={details[index]?.summary.id} transform={`translate(0 ${index * LANE})`}>
            <text x={MARGIN} y={14}>
              {titles[index]}
            </text>
            {lane.map(({ block, position }) => (
              <line
                key={block.name}
                x1={place(position)}
                x2={place(position)}
                y1={19}
                y2={33}
                stroke={kindColour(palette.value, block.kind)}
              >
                <title>{`${block.shortName}: ${formatNumber(block.largest?.mean ?? null)}`}</title>
              </line>
            ))}
            <line class="axis" x1={MARGIN} x2={width - MARGIN} y1={36} y2={36} />
          </g>
        ))}
        {axis.ticks(low, high, ((high - low) * TICK_PIXELS) / width).map(({ position, text }) => (
          <text key={position} x={place(position)} y={bottom + 14} text-anchor="middle">
            {text}
          </text>
        ))}
        <text x={width - MARGIN} y={bottom + 30} text-anchor="end">
          {axis.label}
        </text>
      </svg>
    </div>
  );
}

function rangeWords(lane: readonly { readonly position: number }[]): string {
  const positions = lane.map(({ position }) => position);
  return `${lane.length} blocks over ${(Math.max(...positions) - Math.min(...positions)).toFixed(1)} decades`;
}
