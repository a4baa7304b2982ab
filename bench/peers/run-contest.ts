/** One contest on one case: prepare, check the numbers, take turns. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  alternate,
  firstLine,
  medianParts,
  roundsWithin,
  type Spread,
  spreadOf,
  type Turns,
} from './alternate.ts';
import type { Contest, PeerMethod } from './contests.ts';
import { AGREEMENT_TOLERANCE, type ContestRecord, type PeerRecord } from './results.ts';
import { ConnectionLostError, type Timing } from './side.ts';
import type { Agreement, OurSide, TheirSide } from './sides.ts';

/** A peer that needs longer to be made ready does not take part: on larger models some need many minutes. */
const PREPARATION_LIMIT_MS = 240_000;
/** Both before a turn: the other side's idle threads spin on for some milliseconds and would slow this one down. */
const REST_MS = 60;
/** Runs shorter than this are run once without a watch before they are timed, since caches are cold after a turn. */
const SHORT_MS = 250;

/** The processes of a case; the Python server is replaced when it was lost. */
export interface Processes {
  readonly ours: OurSide;
  theirs: TheirSide;
}

export interface ContestSettings {
  /** Where our values are left for the other side to compare. */
  readonly valuesPath: string;
  /** Methods that do not take part. */
  readonly skipped: ReadonlySet<string>;
  /** At most this many rounds. */
  readonly repeats: number;
  /** Told what is being done. */
  say(text: string): void;
}

/** A peer that is ready to take turns. */
interface Entrant {
  readonly peer: PeerMethod;
  readonly setupMs: number;
  /** Absent where values are not compared. */
  readonly agreement: Agreement | null;
  /** Its first run, by which its values were compared. */
  readonly firstRun: Timing;
  /** What that took with all that is not timed. */
  readonly turnMs: number;
}

/** What became of each peer before the turns, by its method's name. */
interface Entry {
  readonly entrants: readonly Entrant[];
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Runs a contest. A peer that fails, or loses its process, is recorded as such and the rest goes on.
 * @throws what our side fails with, and when its values are not PyTorch's.
 */
export async function runContest(
  contest: Contest,
  processes: Processes,
  settings: ContestSettings,
): Promise<ContestRecord> {
  const { ours } = processes;
  settings.say(`${contest.title}: preparing ours`);
  const { setupMs, productFlops } = await ours.prepare(contest.ours);
  if (contest.isChecked) await ours.write(contest.ours, settings.valuesPath);
  const warmUp = await ours.run(contest.ours);
  const { entrants, failures } = await enter(contest, processes, settings);
  requireAgreement(contest, entrants);
  const turns = await takeTurns(contest, processes, entrants, warmUp, settings);
  await ours.drop(contest.ours);
  await leave(entrants, processes);
  const own = (turns.get('ours') as Turns).timings;
  const timings = own.length > 0 ? own : [warmUp];
  const time = spreadOf(elapsed(timings)) as Spread;
  const partsMs = medianParts(timings);
  return {
    name: contest.ours,
    title: contest.title,
    ours: {
      title: contest.oursTitle,
      setupMs,
      time,
      partsMs,
      productFlops: productFlops ?? null,
    },
    peers: contest.peers.map((peer) => {
      const entrant = entrants.find((one) => one.peer === peer);
      const failure = failures.get(peer.method) ?? null;
      return entrant
        ? recordOf(entrant, turns.get(peer.method) as Turns, time.medianMs, partsMs)
        : absent(peer, failure);
    }),
  };
}

/** Prepares and checks every peer; where one loses the process, the others enter again without it. */
async function enter(contest: Contest, processes: Processes, settings: ContestSettings): Promise<Entry> {
  const failures = new Map<string, string>();
  for (const { method } of contest.peers)
    if (settings.skipped.has(method)) failures.set(method, 'left out of this run by --skip');
  for (;;) {
    const entrants: Entrant[] = [];
    let isLost = false;
    for (const peer of contest.peers) {
      if (isLost || failures.has(peer.method)) continue;
      settings.say(`${contest.title}: preparing ${peer.title}`);
      try {
        entrants.push(await enterOne(peer, contest, processes.theirs, settings));
      } catch (error) {
        failures.set(peer.method, firstLine(error as Error));
        isLost = error instanceof ConnectionLostError;
      }
    }
    if (!isLost) return { entrants, failures };
    processes.theirs = await processes.theirs.restart();
  }
}

async function enterOne(
  peer: PeerMethod,
  contest: Contest,
  theirs: TheirSide,
  { valuesPath }: ContestSettings,
): Promise<Entrant> {
  const { setupMs } = await theirs.prepare(peer.method, PREPARATION_LIMIT_MS);
  const startedAt = performance.now();
  const checked = contest.isChecked ? await theirs.check(peer.method, valuesPath) : null;
  const firstRun = checked ?? (await theirs.run(peer.method));
  const turnMs = performance.now() - startedAt;
  return { peer, setupMs, agreement: checked && agreementOf(checked), firstRun, turnMs };
}

function agreementOf({ difference, worst, worstName }: Agreement): Agreement {
  return { difference, worst, worstName };
}

/** A wrong result may be fast. The first peer of each contest is PyTorch itself, which decides what is right. */
function requireAgreement({ title, peers }: Contest, entrants: readonly Entrant[]): void {
  const judge = entrants.find(({ peer }) => peer === peers[0]);
  const { difference = 0, worst = 0, worstName = '' } = judge?.agreement ?? {};
  const tolerance = judge?.peer.tolerance ?? AGREEMENT_TOLERANCE;
  if (judge && Math.max(difference, worst) > tolerance)
    throw new Error(
      `${title}: ours differs from '${judge.peer.title}' by ${difference.toExponential(1)} (${worstName} by ${worst.toExponential(1)}), expected at most ${tolerance}`,
    );
}

async function takeTurns(
  contest: Contest,
  { ours, theirs }: Processes,
  entrants: readonly Entrant[],
  warmUp: Timing,
  { repeats, say }: ContestSettings,
): Promise<ReadonlyMap<string, Turns>> {
  const budgetMs = 1e3 * contest.budgetSeconds;
  const contestants = entrants.map(({ peer, turnMs, firstRun }) => ({
    name: peer.method,
    rounds: roundsWithin(budgetMs, turnMs + warmUp.elapsedMs, peer.leastRounds ?? 0, repeats),
    run: () => rested(() => theirs.run(peer.method), firstRun),
  }));
  const turnCount = 2 * contestants.reduce((sum, { rounds }) => sum + rounds, 0);
  let turn = 0;
  const runOurs = () => rested(() => ours.run(contest.ours), warmUp);
  return alternate({ name: 'ours', run: runOurs }, contestants, () => {
    turn++;
    say(`${contest.title}: turn ${turn} of ${turnCount}`);
  });
}

/** A timed run on a machine that is at rest and, where runs are short, warm. */
async function rested(run: () => Promise<Timing>, earlier: Timing): Promise<Timing> {
  await sleep(REST_MS);
  if (earlier.elapsedMs < SHORT_MS) await run();
  return run();
}

async function leave(entrants: readonly Entrant[], processes: Processes): Promise<void> {
  try {
    for (const { peer } of entrants) await processes.theirs.drop(peer.method);
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    processes.theirs = await processes.theirs.restart();
  }
}

function recordOf(
  { peer, setupMs, agreement, firstRun }: Entrant,
  turns: Turns,
  oursMs: number,
  ourPartsMs: Readonly<Record<string, number>>,
): PeerRecord {
  // One that takes too long for another turn is judged by its first.
  const timings = turns.timings.length > 0 || turns.failure ? turns.timings : [firstRun];
  const time = spreadOf(elapsed(timings));
  const partsMs = medianParts(timings);
  const covered = Object.keys(partsMs);
  const isPartial = covered.length > 0 && covered.length < Object.keys(ourPartsMs).length;
  const comparedMs = isPartial
    ? covered.reduce((sum, part) => sum + (ourPartsMs[part] ?? Number.NaN), 0)
    : oursMs;
  return {
    ...facts(peer),
    ...(agreement ?? {}),
    setupMs: setupMs + (firstRun.setupMs ?? 0),
    time,
    partsMs,
    coveredBlocks: isPartial ? covered.length : null,
    ratio: time ? comparedMs / time.medianMs : null,
    failure: turns.failure,
  };
}

function absent(peer: PeerMethod, failure: string | null): PeerRecord {
  return {
    ...facts(peer),
    setupMs: null,
    time: null,
    partsMs: {},
    coveredBlocks: null,
    ratio: null,
    failure,
  };
}

function facts({ method, title, remark, tolerance = AGREEMENT_TOLERANCE }: PeerMethod) {
  return { method, title, remark: remark ?? null, tolerance };
}

function elapsed(timings: readonly Timing[]): number[] {
  return timings.map(({ elapsedMs }) => elapsedMs);
}
