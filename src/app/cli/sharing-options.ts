/** `hesscope plan --workers`: how long a shared measurement would take with more and more workers. */
import type { Command } from 'commander';
import { UserError } from '../../errors.ts';
import type { SharingForecast } from '../../study/spectrum/foresee.ts';
import {
  type SimulationSettings,
  simulateSharing,
  workerCounts,
} from '../../study/spectrum/units/simulate.ts';
import { type SharingAnswer, sharingSvg } from '../report/index.ts';
import { writeAside } from '../runs/write.ts';
import { UNIT_ATTEMPTS } from '../units/runner.ts';
import { numeric } from './choices.ts';

const WORKERS_AT_MOST = 1000;
const DRAWS = 100;
/** A queue gives a unit to another worker when nothing has been heard of its own for so long. */
const STALL_MS = 30_000;

/**
 * What chance is like unless it is said. The spread is that of the units of two runs on a busy machine around their mean
 * (docs/cost.md); slow and dying workers are assumptions: one in twenty half as fast, one death in a hundred hours.
 */
const DEFAULTS = { spread: 0.25, stragglers: 0.05, slowness: 2, failures: 0.01 };

/** A number that an option gives, and what it may be. */
interface ChanceOption {
  readonly key: keyof typeof DEFAULTS;
  readonly flags: string;
  readonly description: string;
  readonly expected: string;
  readonly isValid: (value: number) => boolean;
}

const CHANCE_OPTIONS: readonly ChanceOption[] = [
  {
    key: 'spread',
    flags: '--spread <number>',
    description:
      'with --workers: how far units are from their predicted times, as a standard deviation of logarithms',
    expected: 'a number from 0 to 3',
    isValid: (value) => value >= 0 && value <= 3,
  },
  {
    key: 'stragglers',
    flags: '--stragglers <share>',
    description: 'with --workers: the share of workers that are slow',
    expected: 'a share from 0 to 1',
    isValid: (value) => value >= 0 && value <= 1,
  },
  {
    key: 'slowness',
    flags: '--slowness <factor>',
    description: 'with --workers: how many times as long a slow worker takes',
    expected: 'a number of at least 1',
    isValid: (value) => value >= 1 && value <= 1e6,
  },
  {
    key: 'failures',
    flags: '--failures <count>',
    description: 'with --workers: how often a worker dies in an hour',
    expected: 'a number from 0 to 1,000',
    isValid: (value) => value >= 0 && value <= 1000,
  },
];

/** What is asked about workers. */
export interface SharingQuestion {
  readonly counts: readonly number[];
  readonly settings: SimulationSettings;
  /** The file that the picture goes to; null for none. */
  readonly picture: string | null;
}

type Options = Readonly<Record<string, unknown>>;

/** Adds the options about workers. */
export function addSharingOptions(command: Command): Command {
  command.option(
    '--workers [count]',
    `says too how long it takes when so many machines like this one share the work (at most ${WORKERS_AT_MOST.toLocaleString('en')})`,
    numeric,
  );
  for (const { key, flags, description } of CHANCE_OPTIONS)
    command.option(flags, `${description} (default: ${DEFAULTS[key]})`, numeric);
  return command
    .option('--no-replacement', 'with --workers: nobody takes the place of a worker that has died')
    .option('-o, --out <file>', 'with --workers: where a picture goes, an SVG file');
}

/** What the options ask about workers; null for nothing. @throws UserError for what is no number of its kind. */
export function sharingQuestion(options: Options, seed: number): SharingQuestion | null {
  const { workers, out } = options;
  if (workers === undefined) {
    refuseWithoutWorkers(options);
    return null;
  }
  const most = workers === true ? WORKERS_AT_MOST : workers;
  if (!Number.isSafeInteger(most) || (most as number) < 1 || (most as number) > WORKERS_AT_MOST)
    throw new UserError(
      `'--workers': expected a whole number from 1 to ${WORKERS_AT_MOST.toLocaleString('en')}, found '${most}'.`,
    );
  const chance = Object.fromEntries(CHANCE_OPTIONS.map((option) => [option.key, chanceOf(option, options)]));
  const { spread, stragglers, slowness, failures } = chance as typeof DEFAULTS;
  return {
    counts: workerCounts(most as number),
    settings: {
      spread,
      stragglerShare: stragglers,
      stragglerFactor: slowness,
      failuresPerHour: failures,
      isReplaced: options.replacement !== false,
      stallMs: STALL_MS,
      attempts: UNIT_ATTEMPTS,
      draws: DRAWS,
      seed,
    },
    picture: (out as string | undefined) ?? null,
  };
}

function chanceOf({ key, expected, isValid }: ChanceOption, options: Options): number {
  const value = options[key] ?? DEFAULTS[key];
  if (typeof value === 'number' && isValid(value)) return value;
  throw new UserError(`'--${key}': expected ${expected}, found '${value}'.`);
}

function refuseWithoutWorkers(options: Options): void {
  const given = [...CHANCE_OPTIONS.map(({ key }) => key), 'out'].find((key) => options[key] !== undefined);
  const name = given ?? (options.replacement === false ? 'no-replacement' : null);
  if (name !== null)
    throw new UserError(`'--${name}' needs --workers: how many workers share the measurement at most.`);
}

/** Simulates the work with each number of workers, and draws the picture that was asked for. */
export async function answerSharing(
  model: string,
  forecast: SharingForecast,
  { counts, settings, picture }: SharingQuestion,
): Promise<SharingAnswer> {
  const { unitMs, startMs, aloneMs, longestUnit } = forecast;
  const answer = {
    units: unitMs.length,
    longestUnit,
    longestUnitMs: unitMs.reduce((most, ms) => Math.max(most, ms), 0),
    startMs,
    aloneMs,
    settings,
    rows: simulateSharing(forecast, counts, settings),
  };
  if (picture !== null) await writeAside(picture, sharingSvg(model, answer));
  return answer;
}
