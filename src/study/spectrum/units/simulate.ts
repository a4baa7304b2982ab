/** How long a shared measurement takes with so many workers: its units, taken by simulated workers one after the other. */
import { RandomStream } from '../../../random/stream.ts';

/** The work, at the pace of one worker. */
export interface SharedWork {
  /** Predicted time of each unit, in the order in which they are begun. */
  readonly unitMs: readonly number[];
  /** What each worker does once before its first unit: its process, opening model and data, the primal part. */
  readonly startMs: number;
  /** What the process that orders does before workers begin and after they have ended. */
  readonly aloneMs: number;
}

/** What may go otherwise than foreseen. */
export interface Chance {
  /** Units take their predicted time times a lognormal number of mean 1; the standard deviation of its logarithm. */
  readonly spread: number;
  /** The share of workers that are slow. */
  readonly stragglerShare: number;
  /** How many times as long a slow worker takes for all that it does. */
  readonly stragglerFactor: number;
  /** How often a worker dies, at any time, in an hour of its life. */
  readonly failuresPerHour: number;
  /** Whether a new worker takes the place of one that has died. */
  readonly isReplaced: boolean;
  /** After the death of its worker a unit waits so long until it is given to another. */
  readonly stallMs: number;
  /** How often a unit is begun before it is set aside, and the measurement is not finished. */
  readonly attempts: number;
}

export interface SimulationSettings extends Chance {
  /** Simulations with each number of workers. */
  readonly draws: number;
  readonly seed: number;
}

/** The middle of several draws; infinite where a measurement was not finished. */
export interface DrawnRange {
  readonly tenth: number;
  readonly median: number;
  readonly ninetieth: number;
}

/** A measurement with so many workers. */
export interface SimulatedSharing {
  readonly workers: number;
  readonly wallMs: DrawnRange;
  /**
   * Nothing ends sooner unless units take less than predicted: a start, then the longest unit or an equal share of all,
   * whichever is more.
   */
  readonly boundMs: number;
  /** Hours of all workers together, from their start to the end of the measurement: what is paid for. Median. */
  readonly workerHours: number;
  /** The share of that time in which units are computed. Median. */
  readonly utilisation: number;
  /** Units that were begun again after a death. Median. */
  readonly begunAgain: number;
  /** The share of draws in which all units were done. */
  readonly finishedShare: number;
}

const MS_PER_HOUR = 3_600_000;
/** A measurement that takes so many times as long as its bound will not be finished. */
const HOPELESS = 1000;
/** More workers than anyone has: keeps the random numbers of a worker's lives apart from those of others. */
const WORKERS_AT_MOST = 2 ** 20;

/** Simulates a measurement with each number of workers, the same every time; draws with the same number share their luck. */
export function simulateSharing(
  work: SharedWork,
  counts: readonly number[],
  settings: SimulationSettings,
): SimulatedSharing[] {
  return counts.map((workers) => simulateOne(work, workers, settings));
}

function simulateOne(work: SharedWork, workers: number, settings: SimulationSettings): SimulatedSharing {
  const boundMs = boundOf(work, workers);
  const results = Array.from({ length: settings.draws }, (_, draw) =>
    new Draw(work, workers, settings, draw, HOPELESS * boundMs).run(),
  );
  // Sorted as numbers, infinite ones too.
  const sorted = (of: (result: DrawResult) => number) => Float64Array.from(results, of).sort();
  const walls = sorted(({ wallMs }) => wallMs);
  const middle = (of: (result: DrawResult) => number) => atShare(sorted(of), 0.5);
  return {
    workers,
    wallMs: {
      tenth: atShare(walls, 0.1),
      median: atShare(walls, 0.5),
      ninetieth: atShare(walls, 0.9),
    },
    boundMs,
    workerHours: middle(({ workerMs }) => workerMs / MS_PER_HOUR),
    utilisation: middle(({ busyMs, workerMs }) => busyMs / workerMs),
    begunAgain: middle(({ begunAgain }) => begunAgain),
    finishedShare: walls.filter(Number.isFinite).length / walls.length,
  };
}

/** The value below which a share of sorted values lies. One of them: between two, of which one is infinite, lies none. */
function atShare(sorted: Float64Array, share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] as number;
}

function boundOf({ unitMs, startMs, aloneMs }: SharedWork, workers: number): number {
  const longest = unitMs.reduce((most, ms) => Math.max(most, ms), 0);
  const share = unitMs.reduce((sum, ms) => sum + ms, 0) / workers;
  return aloneMs + startMs + Math.max(longest, share);
}

interface DrawResult {
  readonly wallMs: number;
  readonly workerMs: number;
  readonly busyMs: number;
  readonly begunAgain: number;
}

interface Worker {
  /** 0-based; one that takes another's place has its number. */
  readonly number: number;
  /** How many have died in this place before. */
  life: number;
  slowness: number;
  bornAt: number;
  diesAt: number;
  /** The unit under way; null while it starts, idles or is dead. */
  unit: number | null;
  unitSince: number;
  /** When the unit or the start is over; infinite while it idles. */
  dueAt: number;
}

/** One simulation: time goes from event to event, each the end of a start or of a unit, a death, or the return of a unit. */
class Draw {
  private readonly work: SharedWork;
  private readonly settings: SimulationSettings;
  private readonly latest: number;
  private readonly luck: Float64Array;
  private readonly slowness: RandomStream;
  private readonly ages: RandomStream;
  private readonly workers: Worker[];
  private next = 0;
  /** Units that are to be done again, before all that have not been begun. */
  private readonly again: number[] = [];
  /** Units whose workers have died, in the order in which that is noticed. */
  private readonly lost: { readonly unit: number; readonly noticedAt: number }[] = [];
  private readonly tries = new Map<number, number>();
  private now = 0;
  private done = 0;
  private givenUp = 0;
  private busyMs = 0;
  private workerMs = 0;
  private begunAgain = 0;

  constructor(work: SharedWork, workers: number, settings: SimulationSettings, draw: number, latest: number) {
    this.work = work;
    this.settings = settings;
    this.latest = latest;
    const { spread, seed } = settings;
    const stream = (name: string) => new RandomStream(seed, 'sharing', draw, name);
    const normal = stream('unit').gaussian(work.unitMs.length);
    this.luck = normal.map((z) => Math.exp(spread * z - spread ** 2 / 2));
    this.slowness = stream('slowness');
    this.ages = stream('age');
    this.workers = Array.from({ length: workers }, (_, number) => this.newWorker(number));
  }

  run(): DrawResult {
    const units = this.work.unitMs.length;
    while (this.done + this.givenUp < units && this.now <= this.latest) {
      const worker = this.nextWorker();
      const at = Math.min(worker.dueAt, worker.diesAt);
      const [lost] = this.lost;
      const noticedAt = lost?.noticedAt ?? Number.POSITIVE_INFINITY;
      this.now = Math.min(at, noticedAt);
      if (this.now === Number.POSITIVE_INFINITY) break;
      if (lost && noticedAt <= at) this.takeBack(lost.unit);
      else if (worker.diesAt < worker.dueAt) this.die(worker);
      else this.goOn(worker);
    }
    const isFinished = this.done === units;
    const end = Math.min(this.now, this.latest);
    for (const { bornAt } of this.workers) this.workerMs += Math.max(0, end - bornAt);
    return {
      wallMs: isFinished ? this.work.aloneMs + this.now : Number.POSITIVE_INFINITY,
      workerMs: this.workerMs,
      busyMs: this.busyMs,
      begunAgain: this.begunAgain,
    };
  }

  private newWorker(number: number): Worker {
    const times = { bornAt: 0, diesAt: 0, unitSince: 0, dueAt: 0 };
    const worker = { number, life: 0, slowness: 1, unit: null, ...times };
    this.begin(worker);
    return worker;
  }

  /** A worker starts now, perhaps in the place of one that has died. */
  private begin(worker: Worker): void {
    const { stragglerShare, stragglerFactor, failuresPerHour } = this.settings;
    const element = worker.number + worker.life * WORKERS_AT_MOST;
    const chance = this.slowness.uniform(1, element)[0] as number;
    worker.slowness = chance < stragglerShare ? stragglerFactor : 1;
    worker.bornAt = this.now;
    worker.diesAt = Number.POSITIVE_INFINITY;
    if (failuresPerHour > 0) {
      // Deaths come at a constant rate, so ages are exponential.
      const age = -Math.log(1 - (this.ages.uniform(1, element)[0] as number)) / failuresPerHour;
      worker.diesAt = this.now + age * MS_PER_HOUR;
    }
    worker.dueAt = this.now + this.work.startMs * worker.slowness;
  }

  /** The worker to which something happens first; the first of several. */
  private nextWorker(): Worker {
    let [first] = this.workers as [Worker];
    let soonest = Number.POSITIVE_INFINITY;
    for (const worker of this.workers) {
      const at = Math.min(worker.dueAt, worker.diesAt);
      if (at < soonest) [first, soonest] = [worker, at];
    }
    return first;
  }

  /** A worker has started or has done its unit. */
  private goOn(worker: Worker): void {
    if (worker.unit !== null) {
      this.busyMs += this.now - worker.unitSince;
      this.done++;
    }
    this.serve(worker);
  }

  /** Gives a worker the next unit, or nothing where none waits. */
  private serve(worker: Worker): void {
    const unit = this.again.shift() ?? (this.next < this.work.unitMs.length ? this.next++ : null);
    worker.unit = unit;
    worker.unitSince = this.now;
    worker.dueAt =
      unit === null
        ? Number.POSITIVE_INFINITY
        : this.now + (this.work.unitMs[unit] as number) * (this.luck[unit] as number) * worker.slowness;
  }

  private die(worker: Worker): void {
    this.workerMs += this.now - worker.bornAt;
    if (worker.unit !== null) this.lose(worker.unit, worker.unitSince);
    worker.unit = null;
    worker.life++;
    if (this.settings.isReplaced) this.begin(worker);
    else worker.bornAt = worker.diesAt = worker.dueAt = Number.POSITIVE_INFINITY;
  }

  private lose(unit: number, since: number): void {
    this.busyMs += this.now - since;
    const tries = (this.tries.get(unit) ?? 0) + 1;
    this.tries.set(unit, tries);
    if (tries >= this.settings.attempts) this.givenUp++;
    else this.lost.push({ unit, noticedAt: this.now + this.settings.stallMs });
  }

  /** A unit whose worker has died is noticed, and goes to a worker that idles, if there is one. */
  private takeBack(unit: number): void {
    this.lost.shift();
    this.again.push(unit);
    this.begunAgain++;
    const idle = this.workers.find(
      ({ unit: own, dueAt, bornAt }) =>
        own === null && dueAt === Number.POSITIVE_INFINITY && bornAt !== Number.POSITIVE_INFINITY,
    );
    if (idle) this.serve(idle);
  }
}

/** 1, 2, 4 and so on up to a number of workers, which is the last. */
export function workerCounts(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}
