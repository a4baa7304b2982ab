/** Pieces of a measurement that can be computed anywhere, in any order, each by itself. */
import type { ResidualChoice } from '../../../curvature/model-curvature.ts';
import type { SelfCheck } from '../../../curvature/self-check.ts';
import type { LanczosState } from '../../../spectrum/index.ts';
import { isOnnxFile } from '../imported-subject.ts';
import type { PlannedOperator } from '../plan.ts';
import { describeRangeUnit, type RangeOutcome, type RangeUnit, type UnitRange } from '../ranges/questions.ts';
import type { SpectrumRequest } from '../request.ts';

/** What a unit does for one operator. */
export interface UnitPart {
  /** A block's name, or `full`. */
  readonly operator: string;
  readonly dim: number;
  readonly method: PlannedOperator['method'];
  /** Lanczos steps of each probe. */
  readonly steps: number;
  /** 0-based; 0 for an exact spectrum, which has no probes. */
  readonly firstProbe: number;
  /** 0 for an exact spectrum. */
  readonly probeCount: number;
  /** Hessian products, at most. */
  readonly productCount: number;
}

/**
 * A unit of work: some probes of one operator, or of several that advance together because residuals are made again for
 * each step. `check` looks at an operator before the work, and finds the loss.
 */
export type MeasurementUnit =
  | { readonly kind: 'check'; readonly operator: string }
  | { readonly kind: 'measure'; readonly parts: readonly UnitPart[] };

/** Everything that others may be asked to perform. */
export type WorkUnit = MeasurementUnit | RangeUnit;

/** Everything besides the unit itself that determines its result, but for the machine. */
export interface UnitSetting {
  readonly request: SpectrumRequest;
  readonly residuals: ResidualChoice;
  /** Names the code; results of one version are not mixed with those of another. */
  readonly codeVersion: string;
  /** sha256 of all micro-batches, or of those of the range. */
  readonly dataSha256: string;
  /** sha256 of the files that make the model: trained weights, an imported network, its rules for blocks. */
  readonly modelSha256: readonly string[];
  /** Null where a unit's products run over all micro-batches. */
  readonly range: UnitRange | null;
}

/** Coefficients of one probe. */
export interface ProbeResult extends Pick<LanczosState, 'alphas' | 'betas'> {
  readonly finished: NonNullable<LanczosState['finished']>;
}

/** What came of a part. */
export type PartResult =
  | { readonly method: 'lanczos'; readonly probes: readonly ProbeResult[] }
  | { readonly method: 'exact'; readonly eigenvalues: readonly number[] };

/** What came of a unit, a few kilobytes. */
export type MeasurementOutcome =
  | { readonly kind: 'check'; readonly loss: number; readonly check: SelfCheck }
  | { readonly kind: 'measure'; readonly parts: readonly PartResult[] };

export type UnitOutcome = MeasurementOutcome | RangeOutcome;

/** Choices that bound memory and time, or say what else a run measures; they leave the bits of a unit as they are. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['threads', 'memoryMiB', 'blocks', 'full']);
/** Choices that name files: what counts is what stands in them, wherever they are. */
const NAMING_FILES: ReadonlySet<string> = new Set([
  'data',
  'labels',
  'weights',
  'inputs',
  'targets',
  'blocksFile',
]);

/** The operators whose products a unit needs. */
export function operatorsOf(unit: MeasurementUnit): string[] {
  return unit.kind === 'check' ? [unit.operator] : [...new Set(unit.parts.map(({ operator }) => operator))];
}

/** A unit in words: `full, probe 3`, `transformer.wte.weight, probes 1 to 4`. */
export function describeUnit(unit: WorkUnit): string {
  if (unit.kind === 'check') return `check of ${unit.operator}`;
  if (unit.kind !== 'measure') return describeRangeUnit(unit);
  return unit.parts
    .map(({ operator, method, firstProbe, probeCount }) => {
      if (method === 'exact') return `${operator}, all eigenvalues`;
      const first = firstProbe + 1;
      return probeCount === 1
        ? `${operator}, probe ${first}`
        : `${operator}, probes ${first} to ${firstProbe + probeCount}`;
    })
    .join('; ');
}

/**
 * What is hashed to name a unit: the same text for the same work, wherever and however often it is asked for. Which blocks
 * a run measures besides, threads, memory and places of files are left out, since they change no bit.
 */
export function unitIdentity(setting: UnitSetting, unit: WorkUnit): string {
  const { request, codeVersion, dataSha256, modelSha256, residuals, range } = setting;
  const determining = Object.entries(request)
    .filter(([key, value]) => !WITHOUT_EFFECT.has(key) && !NAMING_FILES.has(key) && value !== undefined)
    .map(([key, value]) => [key, key === 'model' && isOnnxFile(request.model) ? 'in a file' : value])
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
  return JSON.stringify([determining, codeVersion, dataSha256, modelSha256, residuals, range, unit]);
}
