/** The slider over the stages of a training. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Slider } from '../../../parts/choices.tsx';

/** Time that a stage is shown while they are played. */
const STAGE_MS = 700;

export interface StageSliderProps {
  readonly count: number;
  readonly at: number;
  /** The stage in words. */
  readonly words: string;
  readonly onChange: (at: number) => void;
}

export function StageSlider({ count, at, words, onChange }: StageSliderProps) {
  const isPlaying = useSignal(false);
  useEffect(() => {
    if (!isPlaying.value) return;
    const timer = setTimeout(() => {
      if (at + 1 < count) onChange(at + 1);
      if (at + 2 >= count) isPlaying.value = false;
    }, STAGE_MS);
    return () => clearTimeout(timer);
  }, [isPlaying.value, at, count]);
  const play = () => {
    if (!isPlaying.value && at === count - 1) onChange(0);
    isPlaying.value = !isPlaying.value;
  };
  return (
    <div class="stage-slider">
      <Slider
        label="stage"
        least={0}
        largest={count - 1}
        step={1}
        value={at}
        words={words}
        onInput={onChange}
      />
      <button type="button" class="button" onClick={play}>
        {isPlaying.value ? 'Pause' : 'Play'}
      </button>
    </div>
  );
}

/** A stage in words. */
export function stageWords(step: number | null, name: string): string {
  return step === null ? name : `step ${step.toLocaleString('en')}`;
}
