/** What the routes speak to. */
import { ApiError } from './api-error.ts';
import { LoadedRuns } from './details/loaded-runs.ts';
import { EntryCatalogue } from './entries/catalogue.ts';
import type { AddedMetrics } from './entries/metrics-tail.ts';
import { WATCH_PACE, Watcher, type WatchPace } from './entries/watcher.ts';
import { EventHub } from './events/event-hub.ts';
import { machineLoad } from './events/machine-load.ts';
import { Forecaster } from './jobs/forecaster.ts';
import { JobQueue } from './jobs/job-queue.ts';
import { isDamage, reasonOf } from './reasons.ts';
import type { RunsFolder } from './runs-folder.ts';

/** All that the server knows and does, without HTTP. */
export interface ServerContext {
  readonly catalogue: EntryCatalogue;
  readonly runs: LoadedRuns;
  readonly jobs: JobQueue;
  readonly forecaster: Forecaster;
  readonly events: EventHub;
}

/** @param onFailure told what goes wrong where nobody waits for an answer. */
export function openContext(
  folder: RunsFolder,
  onFailure: (error: unknown) => void,
  pace: WatchPace = WATCH_PACE,
): ServerContext {
  const events = new EventHub();
  const catalogue = new EntryCatalogue(folder);
  catalogue.listen({
    onEntry: (summary) => events.send('entry', summary),
    onRemoved: (id) => events.send('removed', { id }),
  });
  const jobs = new JobQueue((path) => catalogue.idOf(path), {
    onJob: (job) => events.send('job', job),
    onRun: () => void catalogue.refresh().catch(onFailure),
  });
  const watchListener = {
    onMetrics: (entry: string, added: AddedMetrics) => events.send('metrics', { entry, ...added }),
    onFailure,
  };
  events.feedFrom(new Watcher(catalogue, watchListener, pace));
  events.feedFrom(machineLoad((machine) => events.send('machine', machine)));
  return { catalogue, runs: new LoadedRuns(), jobs, forecaster: new Forecaster(() => jobs.isBusy), events };
}

/**
 * Reads of an entry; what is wrong with its files is no mistake of the one who asks.
 *
 * @throws ApiError in place of what says that a file is damaged.
 */
export async function readingEntry<Result>(id: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw isDamage(error) ? new ApiError(409, `'${id}' cannot be read: ${reasonOf(error)}.`) : error;
  }
}
