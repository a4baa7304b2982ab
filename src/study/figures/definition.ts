/** What a figure of the paper is made of: trainings and spectra, what is drawn of them, and how its claims are judged. */
import type { Claim } from '../claims.ts';
import type { SpectrumRequest } from '../spectrum/request.ts';
import type { GridResult } from '../training/comparison.ts';
import type { TrainingRequest } from '../training/request.ts';
import type { FigureRequest } from './request.ts';

/** Where a training stands in a figure. */
export interface TrainingPlace {
  /** Of its folder; trainings of the same name are the same in all figures. */
  readonly name: string;
  /** What is trained: a model, or the MLP with one constant. */
  readonly subject: string;
  /** The optimizer, with what sets it apart where a figure has it twice. */
  readonly optimizer: string;
  readonly learningRate: number;
  readonly seed: number;
}

/** One training of a figure. */
export interface FigureTraining extends TrainingPlace {
  readonly request: TrainingRequest;
}

/** One measurement of a figure. */
export interface FigureSpectrum {
  /** Of its folder. */
  readonly name: string;
  readonly subject: string;
  readonly request: SpectrumRequest;
}

/** Work of a figure. */
export interface FigurePlan {
  readonly trainings: readonly FigureTraining[];
  readonly spectra: readonly FigureSpectrum[];
  /** What a reader must know of the settings, one sentence each. */
  readonly notes: readonly string[];
}

/** How a model does on the examples held back. */
export interface CurvePlace {
  readonly step: number;
  /** Nats. */
  readonly loss: number;
  /** Share of classes hit; null where the data have none. */
  readonly accuracy: number | null;
}

/** What became of a training; losses and accuracies are on the examples held back. */
export interface TrainingResult extends TrainingPlace, GridResult {
  /** Before the first step; null when it is not known. */
  readonly initialLoss: number | null;
  readonly initialAccuracy: number | null;
  readonly evaluations: readonly CurvePlace[];
}

/** What was measured of a model. */
export interface SpectrumFinding {
  readonly subject: string;
  /** Mean JS0 by the name of its definition. */
  readonly js0: Readonly<Record<string, number>>;
  /** Its standard errors, and what two equal spectra would seem to differ by; null where they are not known. */
  readonly js0Errors: Readonly<Record<string, number | null>>;
  readonly noiseFloors: Readonly<Record<string, number | null>>;
}

/** All that a figure's work has yielded. */
export interface FigureResults {
  readonly trainings: readonly TrainingResult[];
  readonly spectra: readonly SpectrumFinding[];
}

/** A value at a place, with its spread over seeds. */
export interface SpreadPoint {
  readonly x: number;
  readonly mean: number;
  readonly least: number;
  readonly largest: number;
}

/** A curve of a panel: the training of that name. */
export interface PanelCurve {
  readonly label: string;
  readonly training: string;
}

/** What is drawn, without how. */
export type Picture =
  | {
      readonly kind: 'spread';
      readonly xLabel: string;
      readonly yLabel: string;
      readonly series: readonly { readonly label: string; readonly points: readonly SpreadPoint[] }[];
    }
  | {
      readonly kind: 'curves';
      readonly panels: readonly { readonly title: string; readonly curves: readonly PanelCurve[] }[];
    }
  | {
      readonly kind: 'scatter';
      readonly xLabel: string;
      readonly yLabel: string;
      readonly points: readonly {
        readonly label: string;
        readonly group: string;
        readonly x: number;
        readonly y: number;
        /** What y may be as well. */
        readonly yRange?: readonly [least: number, largest: number];
      }[];
      /** A value of y that parts what is above it from what is below. */
      readonly bound?: { readonly y: number; readonly label: string };
    };

/** What a figure says. */
export interface Findings {
  readonly claims: readonly Claim[];
  /** The numbers that the claims are judged by and the picture shows; JSON. */
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly caption: string;
  readonly picture: Picture;
}

/** What the first stage of a figure's work has left. */
export interface EarlierStage {
  /** The file of a training's last parameters; its request must ask for that checkpoint. */
  lastParameters(training: FigureTraining): string;
  /** Factors of the learning rate by parameter, as `hesscope advise` proposes them from a measurement. */
  rateFactors(spectrum: FigureSpectrum): Promise<Readonly<Record<string, number>>>;
}

/** A figure of the paper, or an experiment that its text speaks of. */
export interface FigureDefinition {
  /** As the command names it. */
  readonly name: string;
  readonly title: string;
  /** One line for the list of figures. */
  readonly summary: string;
  /** The choices that it has besides those of all. */
  readonly takes: readonly (keyof FigureRequest)[];
  /** @throws UserError for choices that do not go together. */
  plan(request: FigureRequest): FigurePlan;
  /** Work that builds on what `plan`'s has left, and follows it; left out where there is none. */
  planNext?(request: FigureRequest, earlier: EarlierStage): Promise<FigurePlan>;
  conclude(request: FigureRequest, results: FigureResults): Findings;
}
