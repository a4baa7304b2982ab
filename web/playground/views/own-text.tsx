/** A text of the reader's in place of the embedded one. */
import { ownText } from '../state/opened.ts';

export function OwnTextField() {
  const text = ownText.value;
  return (
    <details class="own-text">
      <summary>
        {text ? `Text: ${text.name}, ${text.text.length.toLocaleString('en')} characters` : 'Text: Moby-Dick'}
      </summary>
      <label class="field">
        <span>another text; its distinct characters are the vocabulary</span>
        <textarea
          rows={5}
          value={text?.text ?? ''}
          onInput={(event) => {
            const { value } = event.currentTarget;
            ownText.value = value === '' ? null : { name: 'pasted', text: value };
          }}
        />
      </label>
      {text && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            ownText.value = null;
          }}
        >
          Back to Moby-Dick
        </button>
      )}
    </details>
  );
}
