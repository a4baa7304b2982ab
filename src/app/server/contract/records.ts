/**
 * What the page reads of the records that entries other than runs consist of. They are passed on as the commands wrote
 * them; a test holds these types against those that the commands write.
 */

/** A mean over probes with its standard error, null where there is one probe. */
export interface RecordedEstimate {
  readonly mean: number;
  readonly standardError: number | null;
}

/** A claim of the paper, judged. */
export interface ClaimRecord {
  readonly id: string;
  readonly text: string;
  readonly threshold: string;
  readonly found: string;
  readonly verdict: 'agrees' | 'partly' | 'does not';
}

/** A training of a comparison; its folder is `name` below the comparison's. */
export interface ComparisonPoint {
  readonly name: string;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly steps: number;
  readonly hasDiverged: boolean;
  /** Nats, on the examples held back. */
  readonly finalLoss: number | null;
  readonly finalAccuracy: number | null;
}

/** `comparison.json`. */
export interface ComparisonRecord {
  readonly points: readonly ComparisonPoint[];
  readonly verdicts: readonly {
    readonly optimizer: string;
    readonly best: ComparisonPoint | null;
    readonly isAtEdge: boolean;
  }[];
  readonly gap: number | null;
  readonly initialLoss: number | null;
  readonly relativeGap: number | null;
}

/** The whole Hessian at a stage of a training. */
export interface StageSpectrumRecord {
  readonly largest: RecordedEstimate;
  readonly least: RecordedEstimate;
  readonly negativeMass: RecordedEstimate;
  readonly massAsymmetry: RecordedEstimate;
  readonly outliers: RecordedEstimate;
}

/** A stage of `stages.json` of spectra; its run is the folder `name` below. */
export interface SpectrumStageRecord {
  readonly name: string;
  readonly step: number | null;
  readonly share: number | null;
  readonly loss: number | null;
  readonly validationLoss: number | null;
  readonly full: StageSpectrumRecord | null;
  readonly distances: readonly { readonly definition: string; readonly mean: RecordedEstimate }[];
}

/** `stages.json` of `hesscope spectrum --checkpoints`. */
export interface SpectrumStagesRecord {
  readonly model: string;
  readonly stages: readonly SpectrumStageRecord[];
  readonly claims: readonly ClaimRecord[];
}

/** A group of parameters: a row of the pictures of exact matrices and couplings. */
export interface GroupRecord {
  readonly name: string;
  readonly size: number;
}

/** How block-diagonal a matrix is. */
export interface StructureRecord {
  /** Mean |entry| of each block. */
  readonly meanAbsolute: readonly (readonly number[])[];
  readonly squaredNorms: readonly (readonly number[])[];
  readonly diagonalShare: number | null;
  readonly structurelessShare: number;
}

/** `exact.json`. */
export interface ExactMatrixRecord {
  readonly model: string;
  readonly data: string;
  readonly loss: number;
  readonly dim: number;
  readonly structure: StructureRecord;
  readonly groups: readonly GroupRecord[];
  /** Ascending. */
  readonly eigenvalues: readonly number[];
}

/** `stages.json` of `hesscope exact --checkpoints`. */
export interface ExactStagesRecord {
  readonly model: string;
  readonly stages: readonly {
    readonly name: string;
    readonly step: number | null;
    readonly loss: number;
    readonly structure: StructureRecord;
    readonly groups: readonly GroupRecord[];
    readonly leastEigenvalue: number;
    readonly largestEigenvalue: number;
  }[];
}

/** `coupling.json`. */
export interface CouplingRecord {
  readonly model: string;
  readonly data: string;
  readonly loss: number;
  readonly probes: number;
  readonly groups: readonly GroupRecord[];
  /** Root mean square entry of each block. */
  readonly rmsEntries: readonly (readonly number[])[];
  /** |H_kl| / sqrt(|H_kk| |H_ll|). */
  readonly ratios: readonly (readonly (number | null)[])[];
  readonly diagonalShare: RecordedEstimate | null;
  readonly structurelessShare: number;
}

/** A loss on the way of a descent, relative to the first. */
export interface DescentCurvePoint {
  readonly step: number;
  readonly loss: number;
}

/** `quadratic.json`. */
export interface QuadraticRecord {
  readonly contests: readonly {
    readonly name: string;
    readonly title: string;
    readonly dim: number;
    readonly conditionNumber: number;
    readonly spectra: readonly (readonly number[])[];
    readonly methods: readonly {
      readonly name: string;
      readonly title: string;
      readonly medianSteps: number | null;
      readonly medianRatio: number | null;
      readonly curve: readonly DescentCurvePoint[];
    }[];
  }[];
  readonly claims: readonly ClaimRecord[];
}

/** `theory.json`. */
export interface TheoryRecord {
  readonly size: string;
  readonly checks: readonly {
    readonly name: string;
    readonly title: string;
    readonly remark: string;
    readonly claims: readonly ClaimRecord[];
    readonly numbers: Readonly<Record<string, unknown>>;
  }[];
}

/** `figure.json`; its trainings are folders of `trainings` beside the figure's own. */
export interface FigureStudyRecord {
  readonly figure: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly claims: readonly ClaimRecord[];
  readonly trainings: readonly {
    readonly name: string;
    readonly subject: string;
    readonly optimizer: string;
    readonly learningRate: number;
    readonly seed: number;
    readonly steps: number;
    readonly hasDiverged: boolean;
    readonly finalLoss: number | null;
  }[];
}

/** `reproduction.json`; an entry of kind `reproduction` has one for each figure and table. */
export interface ReproducedRecord {
  readonly name: string;
  readonly title: string;
  readonly size: string;
  /** What the paper says. */
  readonly paper: string;
  /** How the reproduction differs from the paper's own experiment. */
  readonly differs: string;
  readonly found: string;
  readonly notes: readonly string[];
  readonly claims: readonly ClaimRecord[];
  /** Pictures in the folder, without extension. */
  readonly pictures: readonly { readonly file: string; readonly caption: string }[];
  readonly commands: readonly string[];
  readonly elapsedMs: number;
}

/** A network of the calibration. */
export interface NearestNetwork {
  readonly name: string;
  readonly data: string;
  readonly js0: number;
  readonly relativeGap: number;
}

/** What `GET /api/entries/<id>/advice` answers: the record of `hesscope advise`. */
export interface AdviceRecord {
  readonly model: { readonly name: string; readonly parameterCount: number };
  readonly data: { readonly description: string };
  readonly verdict: string;
  readonly doubts: readonly string[];
  readonly js0: RecordedEstimate;
  readonly noiseFloor: number | null;
  readonly forecast: {
    /** Share of AdamW's fall in loss that SGD misses. */
    readonly expectedGap: number;
    readonly interval: readonly number[];
    readonly nearest: readonly NearestNetwork[];
  };
  readonly deviating: readonly {
    readonly name: string;
    readonly meanDistance: number;
    readonly scaleRatio: number;
  }[];
  readonly groups: readonly { readonly blocks: readonly string[]; readonly factor: number }[];
  readonly caveat: string;
  readonly cost: {
    readonly elapsedMs: number;
    readonly products: number;
    readonly rates: number;
    readonly steps: number;
    readonly gradientsToTry: number;
  };
}
