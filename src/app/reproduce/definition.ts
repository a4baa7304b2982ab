/** What it takes to reproduce a figure or table of the paper: commands of hesscope, and what their results say. */
import type { Claim } from '../../study/claims.ts';

/** `quick`: minutes on two cores; `small`: small models, trained for longer; `paper`: the paper's own models. */
export type ReproductionSize = 'quick' | 'small' | 'paper';

export interface ReproductionChoices {
  readonly size: ReproductionSize;
  /** Data of the paper's size, which do not come with hesscope: pictures and text. */
  readonly images: string | null;
  readonly text: string | null;
  /** Where networks are computed, for every command that does. */
  readonly device: string;
}

/** The folder of some work, by the name that its step has. */
export type FolderOf = (folder: string) => string;

/** One command of hesscope. */
export interface Step {
  /** Where its results go, below the folder of all reproductions; the same command in the same folder is the same work. */
  readonly folder: string;
  /** What follows `hesscope`, without `--out` and `--device`. */
  readonly args: readonly string[];
}

/** A picture that a step left. */
export interface StepPicture {
  /** Without extension: there are an SVG and a PNG. */
  readonly path: string;
  readonly caption: string;
}

/** What the results say. */
export interface Conclusion {
  readonly claims: readonly Claim[];
  readonly pictures: readonly StepPicture[];
  /** What we got, in a sentence or two. */
  readonly found: string;
  /** What a reader must know of the settings, one sentence each. */
  readonly notes?: readonly string[];
  /** The numbers behind it; JSON. */
  readonly numbers: Readonly<Record<string, unknown>>;
}

/** A figure or table of the paper. */
export interface Reproduction {
  /** As the command names it, such as `fig1`. */
  readonly name: string;
  readonly title: string;
  /** What the paper shows. */
  readonly paper: string;
  /** What differs in the set-up. */
  differs(choices: ReproductionChoices): string;
  steps(choices: ReproductionChoices, folderOf: FolderOf): readonly Step[];
  conclude(choices: ReproductionChoices, folderOf: FolderOf): Promise<Conclusion>;
}
