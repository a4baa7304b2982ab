/** The blocks' largest eigenvalues of several runs on one logarithmic axis. */
import { formatNumber } from '../../../../src/app/report/format.ts';
import { kindColour } from '../../../../src/app/report/theme.ts';
import { palette } from '../../../page/appearance.ts';
import { useMeasuredWidth } from '../../../parts/measured-width.ts';
import type { BlockLane, BlockLanes } from './block-lanes.ts';

const FIRST_WIDTH = 720;
const LANE = 40;
const MARGIN = 16;
/** From one label of the axis to the next, about. */
const TICK_PIXELS = 70;

/** @param lanes null where no block has a positive eigenvalue. */
export function BlockSpread({ lanes }: { readonly lanes: BlockLanes | null }) {
  const [holder, width] = useMeasuredWidth(FIRST_WIDTH);
  if (!lanes) return <p class="empty">No block has a positive eigenvalue.</p>;
  const { axis, low, high } = lanes;
  const place = (position: number) => MARGIN + ((position - low) / (high - low)) * (width - 2 * MARGIN);
  const bottom = lanes.lanes.length * LANE;
  const words = lanes.lanes.map((lane) => `${lane.title}: ${rangeWords(lane)}`).join('; ');
  return (
    <div ref={holder} class="block-spread">
      <svg
        viewBox={`0 0 ${width} ${bottom + 34}`}
        width={width}
        height={bottom + 34}
        role="img"
        aria-label={`Largest eigenvalues by block. ${words}`}
      >
        {lanes.lanes.map(({ title, ticks }, index) => (
          <g key={title} transform={`translate(0 ${index * LANE})`}>
            <text x={MARGIN} y={14}>
              {title}
            </text>
            {ticks.map(({ block, position }) => (
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

function rangeWords({ ticks }: BlockLane): string {
  const positions = ticks.map(({ position }) => position);
  return `${ticks.length} blocks over ${(Math.max(...positions) - Math.min(...positions)).toFixed(1)} decades`;
}
