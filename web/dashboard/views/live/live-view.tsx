/** What is under way: progress of each job and of its blocks, spectra as they settle, losses, the machine's load. */
import { Link } from 'wouter-preact';
import { formatDuration } from '../../../../src/app/report/format.ts';
import type { EntrySummary } from '../../../../src/app/server/contract/entries.ts';
import type { Job } from '../../../../src/app/server/contract/jobs.ts';
import { entryHref } from '../../../page/address.ts';
import { usePageTitle } from '../../../page/page-title.ts';
import { stopJob } from '../../api/client.ts';
import { entries, jobs, rememberJob } from '../../api/live.ts';
import { EntryActions, UNDER_WAY } from './entry-actions.tsx';
import { LiveEntry } from './live-entry.tsx';
import { MachineFigure } from './machine-figure.tsx';

export default function LiveView() {
  usePageTitle('Live');
  const all = entries.value ?? [];
  const current = jobs.value.filter(({ state }) => UNDER_WAY.includes(state));
  const ended = jobs.value.filter(({ state }) => !UNDER_WAY.includes(state));
  // Other processes work in the folder too.
  const elsewhere = all.filter(
    ({ id, status }) => status === 'running' && !current.some(({ entry }) => entry === id),
  );
  const interrupted = all.filter(
    ({ status, kind }) => status === 'interrupted' && ['spectrum', 'training'].includes(kind),
  );
  return (
    <section class="view">
      <div class="view-head">
        <h1>Live</h1>
        <p class="muted">
          {current.length === 0 && elsewhere.length === 0 ? (
            <>
              Nothing is running. <Link href="/new">Start a run</Link>
            </>
          ) : (
            `${current.length + elsewhere.length} under way`
          )}
        </p>
      </div>
      {current.map((job) => (
        <article key={job.id} class="part">
          <JobHead job={job} />
          {job.entry && <LiveEntry id={job.entry} kind={job.kind} />}
        </article>
      ))}
      {elsewhere.map((entry) => (
        <article key={entry.id} class="part">
          <h2>
            <Link href={entryHref(entry.id)}>{entry.title}</Link>
          </h2>
          <p class="muted">Another process works on it.</p>
          <LiveEntry id={entry.id} kind={entry.kind} />
        </article>
      ))}
      <MachineFigure />
      <EndedJobs jobs={ended} />
      <Interrupted entries={interrupted} />
    </section>
  );
}

function JobHead({ job }: { readonly job: Job }) {
  const { title, state, progress, entry } = job;
  const share = progress?.share ?? 0;
  const left = progress?.remainingMs ?? null;
  return (
    <div class="job">
      <h2>{entry ? <Link href={entryHref(entry)}>{title}</Link> : title}</h2>
      <p class="muted">
        {[
          state === 'running' ? null : state,
          progress?.text,
          progress && `${formatDuration(progress.elapsedMs)} so far`,
          left !== null && `about ${formatDuration(left)} left`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <progress max={1} value={share} aria-label={`Progress of ${title}`} />
      <span class="job-share">{Math.round(100 * share)} %</span>
      <button
        type="button"
        class="button"
        disabled={state === 'stopping'}
        onClick={async () => rememberJob(await stopJob(job.id))}
      >
        {state === 'stopping' ? 'Stopping …' : 'Stop'}
      </button>
    </div>
  );
}

function EndedJobs({ jobs: ended }: { readonly jobs: readonly Job[] }) {
  if (ended.length === 0) return null;
  return (
    <section class="part">
      <h2>Ended since the server started</h2>
      <ul class="plain">
        {ended.map(({ id, title, state, entry, error }) => (
          <li key={id}>
            {entry ? <Link href={entryHref(entry)}>{title}</Link> : title}{' '}
            <span class={`status status-${state}`}>{state}</span>
            {error && <p class="problem">{error}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Interrupted({ entries: interrupted }: { readonly entries: readonly EntrySummary[] }) {
  if (interrupted.length === 0) return null;
  return (
    <section class="part">
      <h2>Interrupted</h2>
      <p class="caption">They go on where they were, with the same numbers as if they had never stopped.</p>
      <ul class="plain">
        {interrupted.map((entry) => (
          <li key={entry.id}>
            <Link href={entryHref(entry.id)}>{entry.title}</Link> <EntryActions summary={entry} />
          </li>
        ))}
      </ul>
    </section>
  );
}
