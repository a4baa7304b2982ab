/** How a family of checkpoints stores the parameters of a model: under which names, fused and transposed how. */
import type { ParameterSpec } from '../model.ts';

/** A stretch of a parameter's rows and where a checkpoint keeps it. */
export interface StoredPart {
  /** Names that the tensor may have; the first one that is there counts. */
  readonly names: readonly string[];
  /** Whether it is stored as [in, out], as GPT-2's Conv1D is; parameters are [out, in]. */
  readonly transposed?: boolean;
  /** Which of so many equal stretches of the stored rows (after transposing) is meant; all of them unless given. */
  readonly stretch?: { readonly index: number; readonly of: number };
  /** Whether rows are positions of a sequence, of which a model may use the first ones only. */
  readonly positions?: boolean;
}

/** The way a family of checkpoints names and shapes the parameters of a model. */
export interface WeightLayout {
  /** For messages, for example `Hugging Face's GPT-2`. */
  readonly title: string;
  /** Where the rows of a parameter are stored, first to last; null when this layout has no such parameter. */
  partsOf(parameter: ParameterSpec): readonly StoredPart[] | null;
  /**
   * Whether checkpoints of the family may come without this parameter, as those of an encoder alone lack the heads it
   * was trained with; it is then drawn anew.
   */
  mayLack(parameter: ParameterSpec): boolean;
  /** Whether a tensor holds nothing to be learned, such as a causal mask, so that nobody misses it. */
  isBuffer(tensor: string): boolean;
}

/** hesscope's own files: each parameter under its name, in its shape. */
export const OWN_LAYOUT: WeightLayout = {
  title: "hesscope's own",
  partsOf: ({ name }) => [{ names: [name] }],
  mayLack: () => false,
  isBuffer: () => false,
};
