/** Progress on standard error: one live line at a terminal, a line now and then elsewhere. */
import ora, { type Ora } from 'ora';

/** Away from a terminal, lines come no closer than this. */
export const QUIET_MS = 10_000;
const BAR_WIDTH = 24;

/** A line of progress. */
export interface ProgressLine {
  /** Progress: each text takes the place of the one before; away from a terminal most are left out. */
  show(text: string): void;
  /** What stays and is never left out. */
  say(text: string): void;
  end(): void;
}

/**
 * Begins a line of progress.
 *
 * @param title in front of each line.
 * @param silent shows nothing, for programs that read the result.
 */
export function startProgressLine(title: string, silent: boolean): ProgressLine {
  if (silent) return { show: () => {}, say: () => {}, end: () => {} };
  return process.stderr.isTTY ? liveLine(title) : quietLine(title);
}

function liveLine(title: string): ProgressLine {
  const spinner = ora({ text: title, stream: process.stderr, discardStdin: false }).start();
  return {
    show: (text) => {
      spinner.text = `${title}: ${text}`;
    },
    say: (text) => above(spinner, [text]),
    end: () => {
      spinner.stop();
    },
  };
}

function quietLine(title: string): ProgressLine {
  let shownAt = performance.now();
  const say = (text: string) => {
    process.stderr.write(`${title}: ${text}\n`);
  };
  return {
    show: (text) => {
      if (performance.now() - shownAt < QUIET_MS) return;
      shownAt = performance.now();
      say(text);
    },
    say,
    end: () => {},
  };
}

/** Writes lasting lines above a live one. */
export function above(spinner: Ora, lines: readonly string[]): void {
  spinner.clear();
  for (const line of lines) process.stderr.write(`  ${line}\n`);
  spinner.render();
}

/** A bar with the percentage behind it. @param share done, 0 to 1. */
export function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor(share * 100)} %`;
}
