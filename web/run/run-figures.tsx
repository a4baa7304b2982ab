/** What a measurement of spectra shows: the network as its blocks, their spectra, the distances, and all in numbers. */
import type { SpectrumDetail } from '../../src/app/server/contract/entries.ts';
import { COLOUR_SCHEMES, scaleOver } from '../charts/colour-scale.ts';
import { LegendStrip } from '../charts/legend-strip.tsx';
import { chosenWord, useQuery } from '../page/address.ts';
import { palette } from '../page/appearance.ts';
import { WordList } from '../parts/choices.tsx';
import { Figure } from '../parts/figure.tsx';
import { Later } from '../parts/later.tsx';
import { Facts } from '../parts/words.tsx';
import { BlockMap } from './block-map.tsx';
import { blockMapSvg } from './block-map-svg.ts';
import { BlockTable } from './block-table.tsx';
import { DistanceFigure, useDistances } from './distance-figure.tsx';
import { farthestPair } from './farthest-pair.ts';
import { Js0List } from './js0-list.tsx';
import { BLOCK_MEASURES, MEASURE_NAMES } from './measures.ts';
import { FULL, pickedNames, shortNameOf, useDrawn, useSpectra } from './picked-spectra.ts';
import type { RunSource } from './run-source.ts';
import { SpectrumFigure } from './spectrum-figure.tsx';

const SPECTRUM_HEIGHT = 340;

export interface RunFiguresProps {
  readonly detail: SpectrumDetail;
  readonly source: RunSource;
}

/** All figures of a run; what the reader chooses in them stands in the address. */
export function RunFigures({ detail, source }: RunFiguresProps) {
  const query = useQuery();
  const picked = pickedNames(detail, query.list('block'));
  const distances = useDistances(detail, source, query);
  const chosenPair = pairOf(query.list('pair'), detail);
  const pair = chosenPair ?? (distances.distances && farthestPair(distances.distances));
  const spectra = useSpectra(source, [...new Set([...picked, ...(pair ?? [])])]);
  const drawn = useDrawn(detail, spectra.value, picked, palette.value);
  const drawnPair = useDrawn(detail, spectra.value, pair ?? [], palette.value);
  const pick = (name: string, isAdded: boolean) => {
    const others = picked.filter((other) => other !== name);
    if (!isAdded) query.change({ block: [name] });
    else query.change({ block: others.length < picked.length ? others : [...picked, name] });
  };
  return (
    <>
      {detail.error && <p class="problem">{detail.error}</p>}
      <Js0List definitions={detail.definitions} headline={detail.headline} />
      <div class="figures">
        <NetworkFigure detail={detail} picked={picked} onPick={pick} />
        <SpectrumFigure
          title={picked.length === 1 ? `Spectrum of ${shortNameOf(detail, picked[0] ?? FULL)}` : 'Spectra'}
          spectra={drawn}
          query={query}
          height={SPECTRUM_HEIGHT}
          onRemove={(name) => pick(name, true)}
        />
        {detail.definitions.length > 0 && (
          <>
            <DistanceFigure
              detail={detail}
              {...distances}
              query={query}
              pair={pair}
              onPair={(names) => query.change({ pair: names })}
            />
            {pair && (
              <SpectrumFigure
                title={`${chosenPair ? '' : 'Least alike: '}${shortNameOf(detail, pair[0])} and ${shortNameOf(detail, pair[1])}`}
                spectra={drawnPair}
                query={query}
                height={SPECTRUM_HEIGHT}
              />
            )}
          </>
        )}
      </div>
      <Later>
        <BlockTable title={detail.summary.title} blocks={detail.blocks} picked={picked} onPick={pick} />
        <details class="about" open>
          <summary>About this run</summary>
          <Facts facts={detail.facts} />
          {detail.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </details>
      </Later>
    </>
  );
}

function pairOf(names: readonly string[], detail: SpectrumDetail): readonly [string, string] | null {
  const [a, b] = names;
  const isKnown = (name: string | undefined) => detail.blocks.some((block) => block.name === name);
  return a !== undefined && b !== undefined && isKnown(a) && isKnown(b) ? [a, b] : null;
}

interface NetworkFigureProps {
  readonly detail: SpectrumDetail;
  readonly picked: readonly string[];
  readonly onPick: (name: string, isAdded: boolean) => void;
}

/** The map of the blocks with the chooser of the measure. */
function NetworkFigure({ detail, picked, onPick }: NetworkFigureProps) {
  const query = useQuery();
  const name = chosenWord(query, 'measure', MEASURE_NAMES);
  const scheme = chosenWord(query, 'colours', COLOUR_SCHEMES);
  const measure = BLOCK_MEASURES[name];
  const live = detail.blocks.filter(({ isZero, isMeasured }) => isMeasured && !isZero);
  const scale = scaleOver(live.map((block) => measure.of(block)));
  const title = 'The network, block by block';
  return (
    <Figure
      title={title}
      fileName={`${detail.summary.title} blocks ${name}`}
      caption={`${measure.caption} Layers from left to right, kinds of parameters from top to bottom.`}
      svg={() => blockMapSvg(detail.blocks, measure, scale, scheme, title)}
      controls={
        <>
          <WordList
            label="coloured by"
            words={MEASURE_NAMES}
            chosen={name}
            textOf={(word) => BLOCK_MEASURES[word].title}
            onChoose={(word) => query.change({ measure: word })}
          />
          {detail.full?.isMeasured && (
            <button
              type="button"
              class="button"
              aria-pressed={picked.includes(FULL)}
              onClick={(event) => onPick(FULL, event.ctrlKey || event.metaKey || event.shiftKey)}
            >
              whole Hessian
            </button>
          )}
        </>
      }
    >
      <BlockMap
        blocks={detail.blocks}
        measure={measure}
        scale={scale}
        scheme={scheme}
        picked={picked}
        onPick={onPick}
      />
      <LegendStrip scale={scale} scheme={scheme} unit={`${measure.title}, ${measure.unit}`} />
    </Figure>
  );
}
