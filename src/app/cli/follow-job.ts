/** What people see of a job under way: one live line at a terminal, a line now and then elsewhere; all on standard error. */
import ora, { type Ora } from 'ora';
import type { Progress } from '../../study/spectrum/measure.ts';
import { formatDuration } from '../report/format.ts';
import { ProcessEndedError, type RunningJob } from '../worker/host.ts';
import type { JobEvent, JobOutcome } from '../worker/protocol.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';

/** Away from a terminal, lines come no closer than this. */
const QUIET_MS = 10_000;
const BAR_WIDTH = 24;

/** How a job ended for its watcher: the path is null when it was interrupted before there was a run. */
export type FollowedOutcome = JobOutcome | { readonly type: 'interrupted'; readonly path: null };

/** Shows how a job goes on. */
interface View {
  show(event: JobEvent): void;
  say(text: string): void;
  end(outcome: FollowedOutcome | null): void;
}

/**
 * Runs a job and shows how it goes on. The first Ctrl-C stops it after the current product with everything saved, the
 * second ends it at once.
 *
 * @param title what is done, for the live line.
 * @param start starts it, with whom to tell of its events.
 * @param silent shows nothing, for programs that read the result.
 * @throws what the job failed with.
 */
export async function followJob(
  title: string,
  start: (onEvent: (event: JobEvent) => void) => RunningJob,
  silent: boolean,
): Promise<FollowedOutcome> {
  const view = silent ? SILENT : process.stderr.isTTY ? liveView(title) : quietView(title);
  let path: string | null = null;
  const running = start((event) => {
    if (event.type === 'opened') path = event.path;
    view.show(event);
  });
  let interrupts = 0;
  const onInterrupt = () => {
    interrupts++;
    if (interrupts === 1) {
      view.say('stopping after the current step; everything is kept (Ctrl-C again to end at once)');
      running.stop();
    } else running.kill();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    const outcome = await running.outcome;
    view.end(outcome);
    return outcome;
  } catch (error) {
    // Killed by the second Ctrl-C, or by the first one while it was still starting.
    const outcome: FollowedOutcome | null =
      interrupts > 0 && error instanceof ProcessEndedError ? { type: 'interrupted', path } : null;
    view.end(outcome);
    if (outcome) return outcome;
    throw error;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

/**
 * Says how an interrupted run goes on, and sets the exit code.
 * @param command that made it.
 */
export function reportInterruption(path: string | null, command = 'hesscope spectrum'): void {
  process.stderr.write(
    path === null
      ? 'Stopped before anything was done.\n'
      : `What is done is in ${path}. Go on with: ${command} --out ${path} --resume\n`,
  );
  process.exitCode = INTERRUPTED_EXIT_CODE;
}

/**
 * Shows how a series of jobs goes on: one live line at a terminal, a line now and then elsewhere.
 *
 * @param title what the series consists of.
 * @param run carries it out, with whom to tell how far it has come.
 * @param silent shows nothing, for programs that read the result.
 */
export async function seriesView<Result>(
  title: string,
  silent: boolean,
  run: (onProgress: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  if (silent) return run(() => undefined);
  if (!process.stderr.isTTY) {
    let shownAt = Number.NEGATIVE_INFINITY;
    return run((text) => {
      if (performance.now() - shownAt < QUIET_MS) return;
      shownAt = performance.now();
      process.stderr.write(`${title}: ${text}\n`);
    });
  }
  const spinner = ora({ text: title, stream: process.stderr, discardStdin: false }).start();
  try {
    return await run((text) => {
      spinner.text = `${title}: ${text}`;
    });
  } finally {
    spinner.stop();
  }
}

const SILENT: View = { show: () => {}, say: () => {}, end: () => {} };

/** One line that changes, and lasting lines above it for what matters. */
function liveView(title: string): View {
  const spinner = ora({
    text: `${title}: opening model and data`,
    stream: process.stderr,
    discardStdin: false,
  }).start();
  return {
    show: (event) => {
      if (event.type === 'planned') above(spinner, planLines(event));
      else if (event.type === 'notice') above(spinner, [event.text]);
      else if (event.type === 'progress') spinner.text = `${title}: ${progressText(event.progress)}`;
      else if (event.type === 'trained') spinner.text = `${title}: ${trainingText(event)}`;
      else if (event.type === 'reporting') spinner.text = `${title}: drawing figures`;
    },
    say: (text) => above(spinner, [text]),
    end: (outcome) => {
      if (outcome?.type === 'finished') spinner.succeed(title);
      else if (outcome) spinner.warn(`${title}: interrupted`);
      else spinner.fail(title);
    },
  };
}

function above(spinner: Ora, lines: readonly string[]): void {
  spinner.clear();
  for (const line of lines) process.stderr.write(`  ${line}\n`);
  spinner.render();
}

function quietView(title: string): View {
  let shownAt = performance.now();
  const say = (text: string) => process.stderr.write(`${title}: ${text}\n`);
  return {
    show: (event) => {
      if (event.type === 'planned') for (const line of planLines(event)) say(line);
      else if (event.type === 'notice') say(event.text);
      else if (performance.now() - shownAt >= QUIET_MS) {
        const text = lineOf(event);
        if (text === null) return;
        shownAt = performance.now();
        say(text);
      }
    },
    say,
    end: (outcome) => {
      // A failure is told by whoever catches it.
      if (outcome) say(outcome.type);
    },
  };
}

function planLines({ loss, text }: Extract<JobEvent, { type: 'planned' }>): string[] {
  return [`Loss ${loss.toFixed(4)}.`, ...text];
}

/** What an event says of the work's progress; null when it says nothing of it. */
function lineOf(event: JobEvent): string | null {
  if (event.type === 'progress') return progressText(event.progress);
  return event.type === 'trained' ? trainingText(event) : null;
}

/** A bar with the step, its loss and the time left. */
function trainingText({ line, steps, remainingMs }: Extract<JobEvent, { type: 'trained' }>): string {
  return `${bar(line.step / steps)} step ${line.step}/${steps}  loss ${line.loss.toFixed(4)}  ${formatDuration(remainingMs)} left`;
}

/** A bar with what is measured and the time left. */
function progressText(progress: Progress): string {
  const { elapsedMs, remainingMs, operator, position, operatorCount } = progress;
  const share = elapsedMs / Math.max(1, elapsedMs + remainingMs);
  return `${bar(share)}  ${position}/${operatorCount} ${operator}  ${formatDuration(remainingMs)} left`;
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor(share * 100)} %`;
}
