/** The grid of a comparison as a picture: optimizers as rows, learning rates as columns, coloured by the final loss. */
import { formatNumber } from '../../../src/app/report/format.ts';
import { colourAt, inkOn } from '../../charts/colour-scale.ts';
import { LegendStrip } from '../../charts/legend-strip.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import { type RatePoint, rateCells } from './rate-cells.ts';

export interface RateGridProps {
  readonly points: readonly RatePoint[];
  readonly picked: readonly string[];
  readonly onPick: (name: string) => void;
}

export function RateGrid({ points, picked, onPick }: RateGridProps) {
  const { rates, rows, scale } = rateCells(points);
  return (
    <>
      <ScrollBox label="Final loss by optimizer and learning rate">
        <table class="rate-grid">
          <thead>
            <tr>
              <td />
              {rates.map((rate) => (
                <th key={rate} scope="col">
                  {rate}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ optimizer, cells }) => (
              <tr key={optimizer}>
                <th scope="row">{optimizer}</th>
                {cells.map((point, column) => (
                  <td key={rates[column]}>
                    {point && (
                      <GridCell
                        point={point}
                        share={scale?.shareOf(point.finalLoss) ?? null}
                        isPicked={picked.includes(point.name)}
                        onPick={onPick}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {scale && <LegendStrip scale={scale} scheme="viridis" unit="final loss, nats" />}
    </>
  );
}

interface GridCellProps {
  readonly point: RatePoint;
  readonly share: number | null;
  readonly isPicked: boolean;
  readonly onPick: (name: string) => void;
}

function GridCell({ point, share, isPicked, onPick }: GridCellProps) {
  const colour = share === null ? null : colourAt('viridis', share);
  const words = point.hasDiverged ? 'diverged' : formatNumber(point.finalLoss);
  return (
    <button
      type="button"
      class="rate-cell"
      style={colour ? { backgroundColor: `rgb(${colour.join(' ')})`, color: inkOn(colour) } : {}}
      aria-pressed={isPicked}
      aria-label={`${point.optimizer}, learning rate ${point.learningRate}: ${words}`}
      onClick={() => onPick(point.name)}
    >
      {words}
    </button>
  );
}
