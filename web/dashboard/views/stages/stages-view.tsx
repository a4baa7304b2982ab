/** The spectrum of the whole Hessian along a training. */
import { useMemo } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { formatEstimate, formatNumber } from '../../../../src/app/report/format.ts';
import type { Palette } from '../../../../src/app/report/theme.ts';
import type { RecordDetail, SpectrumNodes } from '../../../../src/app/server/contract/entries.ts';
import type {
  SpectrumStageRecord,
  SpectrumStagesRecord,
} from '../../../../src/app/server/contract/records.ts';
import { CurveChart } from '../../../charts/curve-chart.tsx';
import { curvesSvg } from '../../../charts/curves-svg.ts';
import { linearAxis } from '../../../charts/placed-axis.ts';
import { entryHref, useQuery } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import { Figure } from '../../../parts/figure.tsx';
import { useResource } from '../../../parts/resource.ts';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { Claims, Waiting } from '../../../parts/words.tsx';
import { FULL } from '../../../run/picked-spectra.ts';
import { SpectrumFigure } from '../../../run/spectrum-figure.tsx';
import type { DrawnSpectrum } from '../../../spectra/density-figure.ts';
import { fetchSpectra } from '../../api/client.ts';
import { EntryHead } from '../../parts/entry-head.tsx';
import { Pictures } from '../../parts/pictures.tsx';
import { StageSlider, stageWords } from './stage-slider.tsx';

/** The whole Hessian of each stage under the stage's name; stages that did not measure it are left out. */
async function fetchStages(id: string, stages: readonly SpectrumStageRecord[]): Promise<SpectrumNodes[]> {
  const measured = stages.filter(({ full }) => full !== null);
  return Promise.all(
    measured.map(async ({ name }) => {
      const [nodes] = await fetchSpectra(`${id}/${name}`, [FULL]);
      return { ...(nodes as SpectrumNodes), name };
    }),
  );
}

export function StagesView({ detail }: { readonly detail: RecordDetail }) {
  const query = useQuery();
  const record = detail.record as unknown as SpectrumStagesRecord;
  const { id } = detail.summary;
  const { stages } = record;
  const asked = stages.findIndex(({ name }) => name === query.get('stage'));
  const at = Math.max(asked, 0);
  const stage = stages[at];
  const spectra = useResource(id, id, () => fetchStages(id, stages));
  const colours = palette.value;
  const drawn = useMemo(
    () => drawnStages(spectra.value ?? [], stages, stage, colours),
    [spectra.value, stages, stage, colours],
  );
  return (
    <section class="view">
      <EntryHead summary={detail.summary} />
      {spectra.error && <Waiting error={spectra.error} what="the spectra" />}
      <div class="controls">
        <StageSlider
          count={stages.length}
          at={at}
          words={stage ? stageWords(stage.step, stage.name) : ''}
          onChange={(next) => query.change({ stage: stages[next]?.name ?? null })}
        />
        {stage && <Link href={entryHref(`${id}/${stage.name}`)}>This stage’s run</Link>}
      </div>
      <div class="figures">
        <div>
          <StageNumbers stages={stages} at={at} />
          <Trend stages={stages} />
        </div>
        <SpectrumFigure
          title={`Whole Hessian at ${stage ? stageWords(stage.step, stage.name) : 'no stage'}`}
          spectra={drawn}
          query={query}
          height={400}
        />
      </div>
      <Claims claims={record.claims} />
      <Pictures id={id} pictures={detail.pictures} />
    </section>
  );
}

/** The stage that is looked at, and the others behind it. */
function drawnStages(
  spectra: readonly SpectrumNodes[],
  stages: readonly SpectrumStageRecord[],
  current: SpectrumStageRecord | undefined,
  colours: Palette,
): DrawnSpectrum[] {
  return spectra.map((nodes): DrawnSpectrum => {
    const index = stages.findIndex(({ name }) => name === nodes.name);
    const isCurrent = nodes.name === current?.name;
    return {
      label: stageWords(stages[index]?.step ?? null, nodes.name),
      colour: isCurrent ? colours.accent : `${colours.muted}66`,
      isDashed: !isCurrent,
      isBehind: !isCurrent,
      nodes,
    };
  });
}

function StageNumbers({
  stages,
  at,
}: {
  readonly stages: readonly SpectrumStageRecord[];
  readonly at: number;
}) {
  return (
    <ScrollBox label="Stages in numbers">
      <table class="numbers">
        <thead>
          <tr>
            <th>stage</th>
            <th class="number">loss, nats</th>
            <th class="number">largest λ</th>
            <th class="number">least λ</th>
            <th class="number">negative mass</th>
            <th class="number">JS0</th>
          </tr>
        </thead>
        <tbody>
          {stages.map(({ name, step, loss, full, distances }, index) => (
            <tr key={name} class={index === at ? 'is-chosen' : ''}>
              <td>{stageWords(step, name)}</td>
              <td class="number">{formatNumber(loss)}</td>
              <td class="number">{formatEstimate(full?.largest ?? null)}</td>
              <td class="number">{formatEstimate(full?.least ?? null)}</td>
              <td class="number">{formatEstimate(full?.negativeMass ?? null)}</td>
              <td class="number">
                {formatEstimate(distances.find(({ definition }) => definition === 'jsd-log')?.mean ?? null)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

const TREND_TITLE = 'Ends of the spectrum';
const TREND_CAPTION = 'The largest and the least eigenvalue at each stage.';

/** Largest and least eigenvalue over the steps. */
function Trend({ stages }: { readonly stages: readonly SpectrumStageRecord[] }) {
  const { series } = palette.value;
  const figure = useMemo(() => {
    const measured = stages.filter(({ full, step }) => full !== null && step !== null);
    const curve = (key: 'largest' | 'least', colour: string) => ({
      key,
      label: `${key} λ`,
      colour,
      values: measured.map(({ full }) => full?.[key].mean ?? null),
    });
    return {
      positions: measured.map(({ step }) => step as number),
      curves: [curve('largest', series[1] as string), curve('least', series[3] as string)],
      x: linearAxis('step'),
      y: linearAxis('eigenvalue λ'),
    };
  }, [stages, series]);
  if (figure.positions.length < 2) return null;
  return (
    <Figure
      title={TREND_TITLE}
      caption={TREND_CAPTION}
      svg={() => curvesSvg(figure, TREND_TITLE, TREND_CAPTION)}
    >
      <ul class="legend">
        {figure.curves.map(({ key, label, colour }) => (
          <li key={key}>
            <span class="swatch" style={{ borderTopColor: colour }} />
            {label}
          </li>
        ))}
      </ul>
      <CurveChart figure={figure} label="Largest and least eigenvalue by step" height={200} zoomKey="trend" />
    </Figure>
  );
}
