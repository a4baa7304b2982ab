/** Stop a job of this server, or go on with an entry that was interrupted. */
import { useSignal } from '@preact/signals';
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';
import { resumeEntry, stopJob } from '../../api/client.ts';
import { jobs, rememberJob } from '../../api/live.ts';

/** Jobs that have not ended. */
export const UNDER_WAY: readonly string[] = ['queued', 'starting', 'running', 'stopping'];

export function EntryActions({ summary }: { readonly summary: EntrySummary }) {
  const error = useSignal<string | null>(null);
  const job = jobs.value.find(({ entry, state }) => entry === summary.id && UNDER_WAY.includes(state));
  const act = (action: () => ReturnType<typeof stopJob>) => async () => {
    try {
      rememberJob(await action());
      error.value = null;
    } catch (failure) {
      error.value = (failure as Error).message;
    }
  };
  const canResume =
    !job && summary.status === 'interrupted' && ['spectrum', 'training'].includes(summary.kind);
  return (
    <>
      {job && (
        <button
          type="button"
          class="button"
          disabled={job.state === 'stopping'}
          onClick={act(() => stopJob(job.id))}
        >
          {job.state === 'stopping' ? 'Stopping …' : 'Stop'}
        </button>
      )}
      {canResume && (
        <button type="button" class="button" onClick={act(() => resumeEntry(summary.id))}>
          Resume
        </button>
      )}
      {error.value && (
        <span class="problem-text" role="alert">
          {error.value}
        </span>
      )}
    </>
  );
}
