/** What is known of networks whose spectra were measured before training and whose training was then tried. */
import { PAR_GAP } from '../training/comparison.ts';

/** How a network mixes its inputs: what someone would guess from who reads its name alone. */
export type Architecture = 'attention' | 'convolution' | 'perceptron' | 'mixer' | 'state-space';

/** One network: its heterogeneity at initialisation, and how SGD and AdamW then did. */
export interface CalibrationPoint {
  /** `vit-pico, qkv=fused` */
  readonly name: string;
  /** Points of one family are left out together when the forecast is checked. */
  readonly family: string;
  readonly architecture: Architecture;
  /** `digits`, `moby-dick`, ... */
  readonly data: string;
  /** JS0 of `jsd-log`, nats. */
  readonly js0: number;
  /** Jackknife over probes; null with exact spectra alone. */
  readonly js0Error: number | null;
  readonly noiseFloor: number | null;
  /** On the examples held back, before the first step. */
  readonly initialLoss: number;
  /** Of the best learning rate, after the last step; null when every rate diverged. */
  readonly sgdLoss: number | null;
  readonly adamwLoss: number;
  /** (SGD's loss - AdamW's) / (initial loss - AdamW's); infinite when every rate of SGD diverged. */
  readonly relativeGap: number;
  /** Steps of each training. */
  readonly trainingSteps: number;
}

/** Whether Adam was needed: SGD was not on par. */
export function needsAdam({ relativeGap }: Pick<CalibrationPoint, 'relativeGap'>): boolean {
  return relativeGap > PAR_GAP;
}
