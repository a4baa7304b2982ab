/** JS0 of runs beside each other, their whole spectra over one another, and the range of their blocks. */
import { useMemo } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { definitionFacts } from '../../../../src/app/report/definitions.ts';
import { formatEstimate, formatNumber } from '../../../../src/app/report/format.ts';
import type { SpectrumDetail, SpectrumNodes } from '../../../../src/app/server/contract/entries.ts';
import { entryHref, type Query } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import { Figure } from '../../../parts/figure.tsx';
import { useResource } from '../../../parts/resource.ts';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { FULL } from '../../../run/picked-spectra.ts';
import { SpectrumFigure } from '../../../run/spectrum-figure.tsx';
import type { DrawnSpectrum } from '../../../spectra/density-figure.ts';
import { fetchSpectra } from '../../api/client.ts';
import { blockLanes } from './block-lanes.ts';
import { BlockSpread } from './block-spread.tsx';
import { blockSpreadSvg } from './block-spread-svg.ts';
import { distinctTitles } from './distinct-titles.ts';

export interface ComparedSpectraProps {
  readonly details: readonly SpectrumDetail[];
  readonly query: Query;
}

/** The whole matrix of each run under the run's id; runs that did not measure it are left out. */
async function fetchWhole(details: readonly SpectrumDetail[]): Promise<SpectrumNodes[]> {
  const measured = details.filter(({ full }) => full?.isMeasured);
  return Promise.all(
    measured.map(async ({ summary: { id } }) => {
      const [nodes] = await fetchSpectra(id, [FULL]);
      return { ...(nodes as SpectrumNodes), name: id };
    }),
  );
}

const SPREAD_TITLE = 'Largest eigenvalue of each block';
const SPREAD_CAPTION =
  'One tick a block, on a logarithmic axis: blocks far apart need learning rates far apart.';

export function ComparedSpectra({ details, query }: ComparedSpectraProps) {
  const titles = useMemo(() => distinctTitles(details.map(({ summary }) => summary)), [details]);
  const key = details.map(({ summary }) => summary.id).join('\n');
  const spectra = useResource(key, key, () => fetchWhole(details));
  const { series } = palette.value;
  const drawn = useMemo(
    () =>
      (spectra.value ?? []).map((nodes): DrawnSpectrum => {
        const index = details.findIndex(({ summary }) => summary.id === nodes.name);
        return {
          label: titles[index] ?? nodes.name,
          colour: series[index % series.length] as string,
          isDashed: index >= series.length,
          nodes,
        };
      }),
    [spectra.value, details, titles, series],
  );
  const lanes = useMemo(() => blockLanes(details, titles), [details, titles]);
  return (
    <div class="figures even">
      <Js0Table details={details} titles={titles} />
      <SpectrumFigure title="Spectra of the whole Hessians" spectra={drawn} query={query} height={340} />
      <Figure
        title={SPREAD_TITLE}
        caption={SPREAD_CAPTION}
        svg={lanes ? () => blockSpreadSvg(lanes, SPREAD_TITLE, SPREAD_CAPTION) : undefined}
      >
        <BlockSpread lanes={lanes} />
      </Figure>
    </div>
  );
}

function Js0Table({
  details,
  titles,
}: {
  readonly details: readonly SpectrumDetail[];
  readonly titles: readonly string[];
}) {
  const definitions = [
    ...new Set(details.flatMap((detail) => detail.definitions.map(({ definition }) => definition))),
  ];
  return (
    <Figure
      class="whole-row"
      title="JS0, the mean distance between blocks"
      caption="Large means blocks with unlike spectra, a reason to try Adam; ± is one standard error over probes."
    >
      <ScrollBox label="JS0 by definition and run">
        <table class="numbers">
          <thead>
            <tr>
              <th>run</th>
              {definitions.map((name) => (
                <th key={name} class="number" title={definitionFacts(name).title}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {details.map(({ summary, definitions: own }, index) => (
              <tr key={summary.id}>
                <td>
                  <Link href={entryHref(summary.id)}>{titles[index]}</Link>
                </td>
                {definitions.map((name) => {
                  const found = own.find(({ definition }) => definition === name);
                  const floor = found?.noiseFloor ?? null;
                  return (
                    <td
                      key={name}
                      class="number"
                      title={floor === null ? undefined : `noise floor ${formatNumber(floor)}`}
                    >
                      {formatEstimate(found?.js0 ?? null)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Figure>
  );
}
