/** Messages between the process that people see and the child that computes. */
import type { Forecast } from '../../study/spectrum/foresee.ts';
import type { Progress } from '../../study/spectrum/measure.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import type { SaveIntervals } from '../../study/spectrum/store.ts';
import type { TrainingRequest } from '../../study/training/request.ts';
import type { MetricsLine, TrainingLeg } from '../../study/training/run.ts';
import type { ExchangePlace } from '../ranges/store-exchange.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';

/** A new run under a parent or at a path, or one to go on with. */
export type RunPlaceOrResume =
  | { readonly parent: string }
  | { readonly path: string }
  | { readonly resume: string };

/** Who performs a run's units of work, where it is not one process that does everything. */
export type Sharing =
  /** So many processes of this machine. */
  | { readonly kind: 'processes'; readonly processes: number }
  /**
   * Workers anywhere that take them from a queue at an address. Files reach them by a store; without one every machine
   * has them at the same places.
   */
  | { readonly kind: 'queue'; readonly address: string; readonly store: string | null };

/** How many processes of this machine compute at the same time. */
export function processesOf(sharing: Sharing | undefined): number {
  return sharing?.kind === 'processes' ? sharing.processes : 1;
}

/** Work for a child: a spectrum run in a new directory, or on in an old one. */
export interface SpectrumJob {
  readonly request: SpectrumRequest;
  readonly place: RunPlaceOrResume;
  /** Whether figures and a report are written at the end. */
  readonly report: boolean;
  /** `DEFAULT_SAVE_INTERVALS` unless given. */
  readonly saveEvery?: SaveIntervals;
  /** The child measures everything itself unless given. */
  readonly sharing?: Sharing;
}

/** Work for a child: a training in a new directory, or on in an old one. */
export interface TrainingJob {
  readonly request: TrainingRequest;
  readonly place: RunPlaceOrResume;
  /** How far it goes now; to its end unless given. */
  readonly leg?: TrainingLeg;
  /** Whether its curves are drawn at the end; true unless given. */
  readonly report?: boolean;
}

/**
 * To the child. `plan`: foresee the work, write nothing. `unit`: perform it and wait for the next. `stop`: save everything
 * and end after the current product.
 */
export type ToChild =
  | { readonly type: 'start'; readonly job: SpectrumJob }
  | { readonly type: 'train'; readonly job: TrainingJob }
  | { readonly type: 'plan'; readonly request: SpectrumRequest }
  | {
      readonly type: 'unit';
      readonly order: UnitOrder;
      /** The folder where units under way keep what they have. */
      readonly workbench: string;
      /** Where vectors are handed over; null for units that need none. */
      readonly exchange: ExchangePlace | null;
      readonly threads: number;
    }
  | { readonly type: 'stop' };

/** What a run tells while it goes on. */
export type JobEvent =
  | { readonly type: 'opened'; readonly path: string }
  | {
      readonly type: 'planned';
      readonly loss: number;
      readonly text: readonly string[];
      readonly estimatedMs: number;
    }
  | { readonly type: 'progress'; readonly progress: Progress }
  | {
      readonly type: 'trained';
      readonly line: MetricsLine;
      readonly steps: number;
      readonly remainingMs: number;
    }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'reporting' };

/** How a job ended. */
export type JobOutcome =
  | { readonly type: 'finished'; readonly path: string }
  | { readonly type: 'interrupted'; readonly path: string };

/** From the child. */
export type FromChild =
  | { readonly type: 'event'; readonly event: JobEvent }
  | { readonly type: 'outcome'; readonly outcome: JobOutcome }
  | { readonly type: 'foreseen'; readonly forecast: Forecast }
  | { readonly type: 'unit-products'; readonly products: number }
  | { readonly type: 'unit-notice'; readonly text: string }
  /** Null where it was told to stop before the end. */
  | { readonly type: 'unit-ended'; readonly report: UnitReport | null }
  | {
      readonly type: 'failed';
      readonly isUserError: boolean;
      readonly message: string;
      readonly stack: string;
    };
