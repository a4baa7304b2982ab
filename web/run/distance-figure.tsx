/** Distances between all pairs of blocks as a heat map. */
import { useMemo } from 'preact/hooks';
import { colourScale, definitionFacts, shareOf } from '../../src/app/report/definitions.ts';
import { formatEstimate, formatNumber } from '../../src/app/report/format.ts';
import type { DistanceMatrix, SpectrumDetail } from '../../src/app/server/contract/entries.ts';
import { COLOUR_SCHEMES, type ValueScale } from '../charts/colour-scale.ts';
import { HeatMap } from '../charts/heat-map.tsx';
import { heatMapSvg } from '../charts/heat-map-svg.ts';
import { LegendStrip } from '../charts/legend-strip.tsx';
import { chosenWord, type Query } from '../page/address.ts';
import { Segments, WordList } from '../parts/choices.tsx';
import { Figure } from '../parts/figure.tsx';
import { useResource } from '../parts/resource.ts';
import { Waiting } from '../parts/words.tsx';
import { DISTANCE_ORDERS, distanceOrder } from './distance-order.ts';
import { shortNameOf } from './picked-spectra.ts';
import type { RunSource } from './run-source.ts';

export interface DistanceFigureProps {
  readonly detail: SpectrumDetail;
  readonly definition: string;
  /** Null while they are loaded. */
  readonly distances: DistanceMatrix | null;
  /** Why they could not be. */
  readonly error: string | null;
  readonly query: Query;
  /** Names of the two blocks of the chosen cell. */
  readonly pair: readonly [string, string] | null;
  readonly onPair: (pair: readonly [string, string]) => void;
}

/** The scale that the report uses: to the definition's bound, or by a root where one block is far from all. */
function distanceScale(distances: DistanceMatrix): ValueScale {
  const scale = colourScale([{ definition: distances.definition, matrix: distances.matrix }]);
  return {
    low: 0,
    high: scale.end,
    shareOf: (value) => (value === null ? null : shareOf(scale, value)),
    valueAt: (share) => share ** (1 / scale.exponent) * scale.end,
  };
}

/** The distances of the definition that the address names, or of the headline. */
export function useDistances(detail: SpectrumDetail, source: RunSource, query: Query) {
  const names = detail.definitions.map(({ definition }) => definition);
  const asked = query.get('definition');
  const definition = names.find((name) => name === asked) ?? detail.headline ?? names[0] ?? '';
  const { id, version } = source;
  const key = definition === '' ? null : `${id} ${definition} ${version}`;
  const { value, error } = useResource(`${id} ${definition}`, key, () => source.distances(definition));
  return { definition, distances: value, error };
}

export function DistanceFigure({
  detail,
  definition,
  distances,
  error,
  query,
  pair,
  onPair,
}: DistanceFigureProps) {
  const names = detail.definitions.map((summary) => summary.definition);
  const order = chosenWord(query, 'order', DISTANCE_ORDERS);
  const scheme = chosenWord(query, 'colours', COLOUR_SCHEMES);
  const data = useMemo(
    () =>
      distances && {
        matrix: distances.matrix,
        labels: distances.blocks.map((name) => shortNameOf(detail, name)),
        order: distanceOrder(distances, detail.blocks, order),
        scale: distanceScale(distances),
        scheme,
      },
    [distances, detail.blocks, order, scheme],
  );
  const title = 'Distances between blocks';
  const caption = distances
    ? `${definitionFacts(definition).title} of each pair of spectra${distances.unit ? `, in ${distances.unit}` : ''}: bright pairs are unlike. Mean over pairs JS0 = ${formatEstimate(distances.js0)}${distances.noiseFloor === null ? '' : `; ${formatNumber(distances.noiseFloor, 2)} would be noise`}.`
    : 'How unlike the spectra of each pair of blocks are.';
  const selected =
    distances && pair
      ? { row: distances.blocks.indexOf(pair[0]), column: distances.blocks.indexOf(pair[1]) }
      : null;
  const describe = (row: number, column: number) => {
    const value = distances?.matrix[row]?.[column] ?? null;
    return `${data?.labels[row]} – ${data?.labels[column]}: ${formatNumber(value)}`;
  };
  return (
    <Figure
      title={title}
      fileName={`distances ${definition}`}
      caption={caption}
      svg={data ? () => heatMapSvg(data, title, caption, distances?.unit ?? '') : undefined}
      controls={
        <>
          <WordList
            label="definition"
            words={names}
            chosen={definition}
            onChoose={(word) => query.change({ definition: word })}
          />
          <Segments
            label="order by"
            words={DISTANCE_ORDERS}
            chosen={order}
            onChoose={(word) => query.change({ order: word })}
          />
          <Segments
            label="colours"
            words={COLOUR_SCHEMES}
            chosen={scheme}
            onChoose={(word) => query.change({ colours: word })}
          />
        </>
      }
    >
      {distances && data ? (
        <>
          <HeatMap
            data={data}
            label={`${title}; arrow keys go from cell to cell, Enter shows the two spectra`}
            describe={describe}
            selected={selected && selected.row >= 0 && selected.column >= 0 ? selected : null}
            onSelect={(row, column) =>
              onPair([distances.blocks[row] as string, distances.blocks[column] as string])
            }
          />
          <LegendStrip scale={data.scale} scheme={scheme} unit={distances.unit} />
        </>
      ) : (
        <Waiting error={error} what="the distances" />
      )}
    </Figure>
  );
}
