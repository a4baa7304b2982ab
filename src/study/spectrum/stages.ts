/** The same measurement at several moments of a training: what each stage is summed up by. */
import {
  type Estimate,
  type Normaliser,
  type Precision,
  type SpectrumShape,
  spectrumShape,
} from '../../spectrum/index.ts';
import type { SpectrumResult, SummarisedSpectrum } from './summarise.ts';

/** When in a training a stage was measured. */
export interface StageMoment {
  /** Of the checkpoint, and of the folder of the stage's run. */
  readonly name: string;
  /** Steps of the training done; 0 is before the first one. Null where the checkpoint does not say. */
  readonly step: number | null;
  /** Share of the training's steps done, 0 to 1; null where the length of the training is not known. */
  readonly share: number | null;
  /** Mean loss in nats of the batch whose Hessian was measured. */
  readonly loss: number | null;
  /** Of the training's own evaluation after this step, in nats; null where it made none. */
  readonly validationLoss: number | null;
}

/** What is told of the whole Hessian at a stage. */
export interface StageSpectrum extends SpectrumShape {
  /** Largest and least Ritz value, in units of the eigenvalue. */
  readonly largest: Estimate;
  readonly least: Estimate;
  /** What the normalised spectrum was divided by: the 10th largest eigenvalue, or what took its place. */
  readonly normaliser: Normaliser;
}

/** How different the blocks are at a stage under one definition of distance. */
export interface StageDistance {
  readonly definition: string;
  /** Mean over pairs of different blocks; at initialisation it is the paper's JS0. */
  readonly mean: Estimate;
  /** What two equal spectra would seem to differ by; null with a single probe. */
  readonly noiseFloor: number | null;
}

/** One stage of a training. */
export interface Stage extends StageMoment {
  /** Null where the whole Hessian was not measured. */
  readonly full: StageSpectrum | null;
  /** Empty with fewer than two blocks. */
  readonly distances: readonly StageDistance[];
}

/** The whole Hessian of a stage in numbers. @param precision of the products. */
export function stageSpectrum(full: SummarisedSpectrum, precision: Precision): StageSpectrum {
  const { largest, least, normaliser } = full;
  return { largest, least, normaliser, ...spectrumShape(full, normaliser, precision) };
}

/** The blocks' distances of a stage. */
export function stageDistances(heterogeneity: SpectrumResult['heterogeneity']): StageDistance[] {
  return (heterogeneity?.definitions ?? []).map(({ definition, js0, noiseFloor }) => ({
    definition,
    mean: js0,
    noiseFloor,
  }));
}
