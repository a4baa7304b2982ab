/** The grid of a comparison as a picture: optimizers as rows, learning rates as columns, coloured by the final loss. */
import { formatNumber } from '../../../src/app/report/format.ts';
import { colourAt, inkOn, linearScale } from '../../charts/colour-scale.ts';
import { LegendStrip } from '../../charts/legend-strip.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';

/** A training of the grid. */
export interface RatePoint {
  readonly name: string;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly finalLoss: number | null;
  readonly hasDiverged: boolean;
}

export interface RateGridProps {
  readonly points: readonly RatePoint[];
  readonly picked: readonly string[];
  readonly onPick: (name: string) => void;
}

export function RateGrid({ points, picked, onPick }: RateGridProps) {
  const optimizers = [...new Set(points.map(({ optimizer }) => optimizer))];
  const rates = [...new Set(points.map(({ learningRate }) => learningRate))].sort((a, b) => a - b);
  const losses = points.map(({ finalLoss }) => finalLoss).filter((loss) => loss !== null);
  const scale = linearScale(Math.min(...losses), Math.max(...losses));
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
            {optimizers.map((optimizer) => (
              <tr key={optimizer}>
                <th scope="row">{optimizer}</th>
                {rates.map((rate) => {
                  const point = points.find(
                    (one) => one.optimizer === optimizer && one.learningRate === rate,
                  );
                  return (
                    <td key={rate}>
                      {point && (
                        <GridCell
                          point={point}
                          share={scale.shareOf(point.finalLoss)}
                          isPicked={picked.includes(point.name)}
                          onPick={onPick}
                        />
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {losses.length > 0 && <LegendStrip scale={scale} scheme="viridis" unit="final loss, nats" />}
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
