/** Curves of one or several trainings, with the reader's choice of measure, height and smoothing. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { CurveChart } from '../../charts/curve-chart.tsx';
import { curvesSvg } from '../../charts/curves-svg.ts';
import { chosenWord, type Query } from '../../page/address.ts';
import { Segments, Slider, WordList } from '../../parts/choices.tsx';
import { Figure } from '../../parts/figure.tsx';
import {
  type DrawnTraining,
  MEASURES,
  measureAxis,
  sampledTrainings,
  TRAINING_MEASURES,
  trainingFigure,
} from './training-curves.ts';

export interface TrainingFigureProps {
  readonly title: string;
  readonly caption: string;
  readonly trainings: readonly DrawnTraining[];
  readonly query: Query;
  readonly height?: number;
}

/** The widest smoothing, as a share of a training's steps. */
const WIDEST_SHARE = 0.2;

export function TrainingFigure({ title, caption, trainings, query, height = 360 }: TrainingFigureProps) {
  const steps = trainings.reduce((most, { metrics }) => Math.max(most, metrics.step.length), 1);
  const widest = Math.max(2, Math.round(steps * WIDEST_SHARE));
  const window = useSignal(1);
  const measure = chosenWord(query, 'curve', MEASURES);
  const isHeightLog = query.get('scale') === 'log';
  const width = Math.min(window.value, widest);
  const sampled = useMemo(() => sampledTrainings(trainings, measure), [trainings, measure]);
  const axis = useMemo(() => measureAxis(measure, isHeightLog), [measure, isHeightLog]);
  const figure = useMemo(
    () => (sampled ? trainingFigure(sampled, axis, width) : null),
    [sampled, axis, width],
  );
  return (
    <Figure
      title={title}
      caption={caption}
      svg={figure ? () => curvesSvg(figure, title, caption) : undefined}
      controls={
        <>
          <WordList
            label="curve"
            words={MEASURES}
            chosen={measure}
            textOf={(word) => TRAINING_MEASURES[word].title}
            onChoose={(word) => query.change({ curve: word })}
          />
          <Segments
            label="height"
            words={['linear', 'log']}
            chosen={isHeightLog ? 'log' : 'linear'}
            onChoose={(word) => query.change({ scale: word })}
          />
          {TRAINING_MEASURES[measure].isSmoothed && (
            <Slider
              label="smoothing"
              least={0}
              largest={1}
              step={0.01}
              value={Math.log(width) / Math.log(widest)}
              words={width <= 1 ? 'none' : `over ${Math.round(width)} steps`}
              onInput={(share) => {
                window.value = widest ** share;
              }}
            />
          )}
        </>
      }
    >
      <ul class="legend">
        {trainings.map(({ key, label, colour, isDashed }) => (
          <li key={key}>
            <span class={`swatch ${isDashed ? 'is-dashed' : ''}`} style={{ borderTopColor: colour }} />
            {label}
          </li>
        ))}
      </ul>
      {figure ? (
        <CurveChart
          figure={figure}
          label={`${TRAINING_MEASURES[measure].title} of ${trainings.map(({ label }) => label).join(', ')}`}
          height={height}
          zoomKey={trainings.map(({ key }) => key).join()}
        />
      ) : (
        <p class="empty" style={{ minHeight: `${height}px` }}>
          Nothing to draw: this was not evaluated.
        </p>
      )}
    </Figure>
  );
}
