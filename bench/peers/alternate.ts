/** Taking turns: A B A C A B A C, so that whatever slows the machine down for a while slows both sides. */
import type { Timing } from './side.ts';

/** The middle of several measurements and how far they spread. */
export interface Spread {
  readonly medianMs: number;
  readonly leastMs: number;
  readonly largestMs: number;
  readonly samples: number;
}

/** Something that can be run again and again. */
export interface Contestant {
  readonly name: string;
  run(): Promise<Timing>;
}

/** One of the other side's, and in how many rounds it takes part. */
export interface PeerContestant extends Contestant {
  readonly rounds: number;
}

/** All timings of a contestant, or why it failed in its turn; what was timed before a failure stays. */
export interface Turns {
  readonly timings: readonly Timing[];
  readonly failure: string | null;
}

/**
 * In each round our side runs before each of the peers that take part in it. A peer that fails is out from then on.
 *
 * @param onTurn told after each run.
 * @returns by the contestants' names.
 * @throws what our side fails with.
 */
export async function alternate(
  ours: Contestant,
  peers: readonly PeerContestant[],
  onTurn: () => void = () => undefined,
): Promise<ReadonlyMap<string, Turns>> {
  const timings = new Map([ours, ...peers].map(({ name }): [string, Timing[]] => [name, []]));
  const failures = new Map<string, string>();
  const take = async ({ name, run }: Contestant) => {
    timings.get(name)?.push(await run());
    onTurn();
  };
  const most = Math.max(0, ...peers.map(({ rounds }) => rounds));
  for (let round = 0; round < most; round++) {
    for (const peer of peers) {
      if (round >= peer.rounds || failures.has(peer.name)) continue;
      await take(ours);
      try {
        await take(peer);
      } catch (error) {
        failures.set(peer.name, firstLine(error as Error));
      }
    }
  }
  return new Map(
    [...timings].map(([name, own]) => [name, { timings: own, failure: failures.get(name) ?? null }]),
  );
}

/** How many rounds of `roundMs` fit into a budget: at least `least`, at most `most`, and `most` wins. */
export function roundsWithin(budgetMs: number, roundMs: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.floor(budgetMs / roundMs)));
}

/** @returns null when there is no measurement. */
export function spreadOf(elapsedMs: readonly number[]): Spread | null {
  if (elapsedMs.length === 0) return null;
  const sorted = [...elapsedMs].sort((a, b) => a - b);
  return {
    medianMs: median(sorted),
    leastMs: sorted[0] as number,
    largestMs: sorted.at(-1) as number,
    samples: sorted.length,
  };
}

/** The median of each part over several timings that all have it. */
export function medianParts(timings: readonly Timing[]): Record<string, number> {
  const names = Object.keys(timings[0]?.partsMs ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      median(timings.map(({ partsMs }) => partsMs[name] ?? Number.NaN).sort((a, b) => a - b)),
    ]),
  );
}

/** The one sentence of an error that fits into a table. */
export function firstLine(error: Error): string {
  return error.message.split('\n')[0] ?? error.message;
}

/** The middle of ascending values, or the mean of the middle two. */
function median(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] as number;
  return Number.isInteger(half) ? ((sorted[half - 1] as number) + upper) / 2 : upper;
}
