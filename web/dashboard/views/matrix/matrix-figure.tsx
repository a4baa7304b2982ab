/** A matrix of blocks by blocks as a heat map, with its legend and files. */

import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatNumber } from '../../../../src/app/report/format.ts';
import { COLOUR_SCHEMES, scaleOver } from '../../../charts/colour-scale.ts';
import { HeatMap } from '../../../charts/heat-map.tsx';
import { heatMapSvg } from '../../../charts/heat-map-svg.ts';
import { LegendStrip } from '../../../charts/legend-strip.tsx';
import { chosenWord, type Query } from '../../../page/address.ts';
import { Segments } from '../../../parts/choices.tsx';
import { Figure } from '../../../parts/figure.tsx';

export interface MatrixFigureProps {
  readonly title: string;
  readonly caption: string;
  readonly unit: string;
  readonly labels: readonly string[];
  readonly matrix: readonly (readonly (number | null)[])[];
  readonly query: Query;
  readonly controls?: ComponentChildren;
  /** All values that share one scale of colours, where several matrices are compared; the matrix's own unless given. */
  readonly scaleValues?: readonly (number | null)[];
}

export function MatrixFigure({
  title,
  caption,
  unit,
  labels,
  matrix,
  query,
  controls,
  scaleValues,
}: MatrixFigureProps) {
  const scheme = chosenWord(query, 'colours', COLOUR_SCHEMES);
  const data = useMemo(
    () => ({
      matrix,
      labels,
      order: labels.map((_, index) => index),
      scale: scaleOver(scaleValues ?? matrix.flat()),
      scheme,
    }),
    [matrix, labels, scheme, scaleValues],
  );
  return (
    <Figure
      title={title}
      caption={caption}
      svg={() => heatMapSvg(data, title, caption, unit)}
      controls={
        <>
          {controls}
          <Segments
            label="colours"
            words={COLOUR_SCHEMES}
            chosen={scheme}
            onChoose={(word) => query.change({ colours: word })}
          />
        </>
      }
    >
      <HeatMap
        data={data}
        label={`${title}; arrow keys go from cell to cell`}
        describe={(row, column) =>
          `${labels[row]} × ${labels[column]}: ${formatNumber(matrix[row]?.[column] ?? null)}`
        }
      />
      <LegendStrip scale={data.scale} scheme={scheme} unit={unit} />
    </Figure>
  );
}
