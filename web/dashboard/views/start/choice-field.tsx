/** A field for a choice of a request, made from what the request's schema says of it. */
import { useId } from 'preact/hooks';
import type { Choice } from '../../../../src/app/server/contract/jobs.ts';

/** Undefined where the choice was left as it was. */
export type ChoiceValue = string | number | boolean | undefined;

export interface ChoiceFieldProps {
  readonly choice: Choice;
  readonly value: ChoiceValue;
  readonly onChange: (key: string, value: ChoiceValue) => void;
}

/** `learningRate` as `learning rate`. */
function wordsOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export function ChoiceField({ choice, value, onChange }: ChoiceFieldProps) {
  const { key, description, type, options } = choice;
  const id = useId();
  return (
    <div class="choice">
      <label for={id}>{wordsOf(key)}</label>
      {type === 'one-of' ? (
        <select
          id={id}
          value={String(value ?? choice.default ?? '')}
          aria-describedby={`${id}-says`}
          onChange={(event) => onChange(key, event.currentTarget.value || undefined)}
        >
          {choice.default === null && <option value="">by itself</option>}
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      ) : type === 'boolean' ? (
        <input
          id={id}
          type="checkbox"
          checked={(value ?? choice.default) === true}
          aria-describedby={`${id}-says`}
          onChange={(event) => onChange(key, event.currentTarget.checked)}
        />
      ) : (
        <input
          id={id}
          type="text"
          inputMode={type === 'number' ? 'decimal' : 'text'}
          value={String(value ?? '')}
          placeholder={choice.default === null ? 'by itself' : String(choice.default)}
          list={options.length > 0 ? `${id}-words` : undefined}
          aria-describedby={`${id}-says`}
          onInput={(event) => onChange(key, valueIn(event.currentTarget.value, type))}
        />
      )}
      {type !== 'one-of' && options.length > 0 && (
        <datalist id={`${id}-words`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      <p class="caption" id={`${id}-says`}>
        {description}
      </p>
    </div>
  );
}

/** A number where it is one; words such as `paper` stay words, and the server says what it takes. */
function valueIn(text: string, type: Choice['type']): ChoiceValue {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return type === 'number' && Number.isFinite(number) ? number : trimmed;
}
