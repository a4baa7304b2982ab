/** Spectra over one another, with the reader's choice of axes, smoothing and normalisation. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { CurveChart } from '../charts/curve-chart.tsx';
import { curvesSvg } from '../charts/curves-svg.ts';
import { chosenWord, type Query } from '../page/address.ts';
import { Check, Segments, Slider } from '../parts/choices.tsx';
import { Figure } from '../parts/figure.tsx';
import {
  type DensityChoices,
  type DrawnSpectrum,
  densityFigure,
  SMOOTHING_RANGE,
  SPECTRUM_AXES,
  smoothingWords,
} from '../spectra/density-figure.ts';

export interface SpectrumFigureProps {
  readonly title: string;
  readonly spectra: readonly DrawnSpectrum[];
  readonly query: Query;
  readonly height: number;
  /** Takes a spectrum away; those that cannot be taken away have no button for it. */
  readonly onRemove?: (name: string) => void;
}

/** Until a slider has rested so long the address stays as it was. */
const REST_MS = 250;

/** The smoothing from the address, and how to change it: at once in the view, in the address when the slider rests. */
export function useSmoothing(query: Query): { readonly value: number; set(value: number): void } {
  const { least, largest, usual } = SMOOTHING_RANGE;
  const stored = Number(query.get('smoothing') ?? usual);
  const smoothing = useSignal(stored >= least && stored <= largest ? stored : usual);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const set = (value: number) => {
    smoothing.value = value;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => query.change({ smoothing: value.toPrecision(3) }), REST_MS);
  };
  return { value: smoothing.value, set };
}

/** What the address says of densities, and the smoothing. */
export function densityChoices(query: Query, smoothing: number): DensityChoices {
  return {
    axis: chosenWord(query, 'axis', SPECTRUM_AXES),
    isNormalised: query.get('normalised') === 'yes',
    isHeightLog: chosenWord(query, 'height', ['log', 'linear']) === 'log',
    showsBands: query.get('bands') !== 'no',
    showsRitz: query.get('ritz') !== 'no',
    smoothing,
  };
}

const AXIS_WORDS = { 'symmetric-log': '± log', log: 'log', linear: 'linear' } as const;

export function SpectrumFigure({ title, spectra, query, height, onRemove }: SpectrumFigureProps) {
  const smoothing = useSmoothing(query);
  const choices = densityChoices(query, smoothing.value);
  const key = JSON.stringify(choices);
  // `key` stands for the choices.
  const figure = useMemo(() => densityFigure(spectra, choices), [spectra, key]);
  const isExact = spectra.length > 0 && spectra.every(({ nodes }) => nodes.method === 'exact');
  const caption = isExact
    ? 'How the eigenvalues are distributed: high where many lie. All of them are known, and stand as ticks on the ground.'
    : 'How the eigenvalues are distributed: high where many lie. Bands show one standard error over probes, ticks on the ground the Ritz values.';
  return (
    <Figure
      class="spectrum-figure"
      title={title}
      fileName={`spectrum ${spectra.map(({ label }) => label).join(' ')}`}
      caption={caption}
      svg={figure ? () => curvesSvg(figure, title, caption) : undefined}
      controls={
        <>
          <Segments
            label="λ axis"
            words={SPECTRUM_AXES}
            chosen={choices.axis}
            textOf={(axis) => AXIS_WORDS[axis]}
            onChoose={(axis) => query.change({ axis })}
          />
          <Segments
            label="height"
            words={['log', 'linear']}
            chosen={choices.isHeightLog ? 'log' : 'linear'}
            onChoose={(word) => query.change({ height: word })}
          />
          <Slider
            label="smoothing"
            least={Math.log10(SMOOTHING_RANGE.least)}
            largest={Math.log10(SMOOTHING_RANGE.largest)}
            step={0.01}
            value={Math.log10(smoothing.value)}
            words={figure ? `σ ${smoothingWords(choices, figure.sigma)}` : ''}
            onInput={(exponent) => smoothing.set(10 ** exponent)}
          />
          <Check
            label="÷ 10th largest"
            isChecked={choices.isNormalised}
            onChange={(isChecked) => query.change({ normalised: isChecked ? 'yes' : null })}
          />
          <Check
            label="error bands"
            isChecked={choices.showsBands}
            onChange={(isChecked) => query.change({ bands: isChecked ? null : 'no' })}
          />
          <Check
            label="Ritz values"
            isChecked={choices.showsRitz}
            onChange={(isChecked) => query.change({ ritz: isChecked ? null : 'no' })}
          />
        </>
      }
    >
      <SpectrumLegend spectra={spectra} {...(onRemove ? { onRemove } : {})} />
      {figure ? (
        <CurveChart
          figure={figure}
          label={`Spectral density of ${spectra.map(({ label }) => label).join(', ')}`}
          height={height}
          zoomKey={`${choices.axis} ${choices.isNormalised}`}
        />
      ) : (
        <p class="empty" style={{ minHeight: `${height}px` }}>
          {spectra.length === 0 ? 'No spectrum yet.' : 'No positive eigenvalues to show on this axis.'}
        </p>
      )}
    </Figure>
  );
}

export function SpectrumLegend({ spectra, onRemove }: Pick<SpectrumFigureProps, 'spectra' | 'onRemove'>) {
  return (
    <ul class="legend">
      {spectra.map(({ label, colour, isDashed, nodes }) => (
        <li key={nodes.name}>
          <span class={`swatch ${isDashed ? 'is-dashed' : ''}`} style={{ borderTopColor: colour }} />
          {label}
          {nodes.method === 'exact' && <span class="muted"> exact</span>}
          {onRemove && spectra.length > 1 && (
            <button
              type="button"
              class="quiet"
              aria-label={`Take ${label} away`}
              onClick={() => onRemove(nodes.name)}
            >
              ×
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
