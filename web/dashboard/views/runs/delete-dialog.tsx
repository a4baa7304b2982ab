/** Asks before a folder is deleted. */
import { useSignal } from '@preact/signals';
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { deleteEntry } from '../../api/client.ts';
import { forgetEntries } from '../../api/live.ts';

export interface DeleteDialogProps {
  readonly entry: EntrySummary;
  readonly onClose: () => void;
}

export function DeleteDialog({ entry, onClose }: DeleteDialogProps) {
  const error = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const confirm = async () => {
    isBusy.value = true;
    try {
      forgetEntries((await deleteEntry(entry.id)).removed);
      onClose();
    } catch (failure) {
      error.value = (failure as Error).message;
      isBusy.value = false;
    }
  };
  return (
    <Dialog title="Delete this run?" onClose={onClose}>
      <p>
        The folder <code>{entry.id}</code> is removed with everything in it. This cannot be undone.
      </p>
      {error.value && (
        <p class="problem" role="alert">
          {error.value}
        </p>
      )}
      <div class="button-row">
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" class="button danger" disabled={isBusy.value} onClick={confirm}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}
