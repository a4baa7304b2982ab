/** Choices: one of a few words, yes or no, a number on a slider. All are the browser's own controls. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface WordChoiceProps<Word extends string> {
  readonly label: string;
  readonly words: readonly Word[];
  readonly chosen: Word;
  /** How a word is shown; the word itself unless given. */
  readonly textOf?: (word: Word) => string;
  readonly onChoose: (word: Word) => void;
}

/** One of a few words, side by side. */
export function Segments<Word extends string>({
  label,
  words,
  chosen,
  textOf = (word) => word,
  onChoose,
}: WordChoiceProps<Word>) {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend>{label}</legend>
      {words.map((word) => (
        <label key={word}>
          <input type="radio" name={name} checked={word === chosen} onChange={() => onChoose(word)} />
          <span>{textOf(word)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** One of several words, in a list that opens. */
export function WordList<Word extends string>({
  label,
  words,
  chosen,
  textOf = (word) => word,
  onChoose,
}: WordChoiceProps<Word>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value as Word)}>
        {words.map((word) => (
          <option key={word} value={word}>
            {textOf(word)}
          </option>
        ))}
      </select>
    </label>
  );
}

export interface CheckProps {
  readonly label: ComponentChildren;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

export function Check({ label, isChecked, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isChecked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

export interface SliderProps {
  readonly label: string;
  readonly least: number;
  readonly largest: number;
  readonly step: number;
  readonly value: number;
  /** The value in words. */
  readonly words: string;
  readonly onInput: (value: number) => void;
}

export function Slider({ label, least, largest, step, value, words, onInput }: SliderProps) {
  return (
    <label class="slider">
      <span>{label}</span>
      <input
        type="range"
        min={least}
        max={largest}
        step={step}
        value={value}
        aria-valuetext={words}
        onInput={(event) => onInput(Number(event.currentTarget.value))}
      />
      <span class="slider-words">{words}</span>
    </label>
  );
}
