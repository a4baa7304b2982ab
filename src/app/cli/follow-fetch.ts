/** What people see of a download: one live line at a terminal, a line now and then elsewhere; all on standard error. */
import ora from 'ora';
import type { FetchedEntry, FetchObserver } from '../hub/fetch-entry.ts';
import { formatBytes, formatDuration } from '../report/format.ts';

/** Away from a terminal, lines come no closer than this. */
const QUIET_MS = 10_000;
/** The pace is that of the last while, so that a resumed download does not seem faster than it is. */
const PACE_MS = 5_000;

/**
 * Shows how a fetch goes on.
 * @throws what it failed with.
 */
export async function followFetch(
  title: string,
  fetch: (observer: FetchObserver) => Promise<FetchedEntry>,
): Promise<FetchedEntry> {
  const spinner = process.stderr.isTTY
    ? ora({ text: title, stream: process.stderr, discardStdin: false }).start()
    : null;
  const say = (text: string) => {
    spinner?.clear();
    process.stderr.write(`${title}: ${text}\n`);
    spinner?.render();
  };
  let shownAt = performance.now();
  let pace = new Pace();
  let current = '';
  try {
    const fetched = await fetch({
      onProgress: (file, done, total) => {
        if (file !== current) {
          current = file;
          pace = new Pace();
        }
        const text = progressText(file, done, total, pace.update(done));
        if (spinner) spinner.text = `${title}: ${text}`;
        else if (performance.now() - shownAt >= QUIET_MS) {
          shownAt = performance.now();
          say(text);
        }
      },
      onFile: (file, sha256, isTrusted) =>
        say(
          isTrusted
            ? `${file} is whole (sha256 as expected)`
            : `${file} is there; no hash of it has been published, so this one is taken on trust and recorded: sha256 ${sha256}`,
        ),
    });
    spinner?.stop();
    return fetched;
  } catch (error) {
    // The failure is told by whoever catches it.
    spinner?.stop();
    throw error;
  }
}

/** `model.safetensors 45 %, 247 MiB of 523 MiB, 11 MiB/s, 25 s left` */
function progressText(file: string, done: number, total: number | null, bytesPerMs: number | null): string {
  const share = total ? ` ${Math.floor((100 * done) / total)} %,` : '';
  const size = total ? `${formatBytes(done)} of ${formatBytes(total)}` : formatBytes(done);
  if (!bytesPerMs) return `${file}${share} ${size}`;
  const left = total ? `, ${formatDuration((total - done) / bytesPerMs)} left` : '';
  return `${file}${share} ${size}, ${formatBytes(1000 * bytesPerMs)}/s${left}`;
}

/** Bytes a millisecond over the last while. */
class Pace {
  readonly #marks: { readonly at: number; readonly bytes: number }[] = [];

  /** @returns the pace, or null while it is not known. */
  update(bytes: number): number | null {
    const now = performance.now();
    const marks = this.#marks;
    marks.push({ at: now, bytes });
    while (marks.length > 2 && now - (marks[1]?.at ?? now) > PACE_MS) marks.shift();
    const [oldest] = marks;
    if (!oldest || now - oldest.at < 200) return null;
    return (bytes - oldest.bytes) / (now - oldest.at);
  }
}
