/** Lets other work of the process have its turn within a long loop. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Requests and events wait no longer than about this for a loop that goes through a thousand folders. */
const LONGEST_TURN_MS = 8;

/**
 * A long loop calls `give` after each piece of work. A thousand small files are read several times faster by calls that
 * wait than by those that do not, so such loops read that way and give turns instead.
 */
export class Turns {
  #since = performance.now();

  /** Waits for one turn of the event loop when the last one is long ago. */
  async give(): Promise<void> {
    if (performance.now() - this.#since < LONGEST_TURN_MS) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
