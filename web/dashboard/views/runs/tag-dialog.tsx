/** Changes an entry's tags. */
import { useSignal } from '@preact/signals';
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { putTags } from '../../api/client.ts';
import { rememberEntry } from '../../api/live.ts';

export interface TagDialogProps {
  readonly entry: EntrySummary;
  /** Tags that other entries have. */
  readonly known: readonly string[];
  readonly onClose: () => void;
}

/** Words between commas, each once. */
function tagsIn(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter(Boolean))];
}

export function TagDialog({ entry, known, onClose }: TagDialogProps) {
  const text = useSignal(entry.tags.join(', '));
  const error = useSignal<string | null>(null);
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      rememberEntry(await putTags(entry.id, tagsIn(text.value)));
      onClose();
    } catch (failure) {
      error.value = (failure as Error).message;
    }
  };
  return (
    <Dialog title={`Tags of ${entry.title}`} onClose={onClose}>
      <form onSubmit={save}>
        <label class="field">
          <span>Tags, separated by commas</span>
          <input
            type="text"
            value={text.value}
            list="known-tags"
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <datalist id="known-tags">
          {known.map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
        {error.value && (
          <p class="problem" role="alert">
            {error.value}
          </p>
        )}
        <div class="button-row">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
