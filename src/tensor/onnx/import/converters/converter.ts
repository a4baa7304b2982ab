import type { Node } from '../../../graph/node.ts';
import type { HostTensor } from '../../../graph/type.ts';
import type { Call } from './call.ts';

/** How one ONNX operator becomes a graph. */
export interface Converter {
  /** The first version of the standard operator set whose meaning is known. */
  readonly since: number;
  /** What is not covered, for the table of operators; left out where all is. */
  readonly limits?: string;
  /**
   * The result when all inputs are known, computed at once; null when the general way may be taken. Shape arithmetic is
   * done here, and so is what has no meaning for derivatives.
   */
  readonly fold?: (call: Call, inputs: readonly HostTensor[]) => HostTensor | null;
  /**
   * The node's outputs, the first alone where it is the only one; null for an output that has no counterpart.
   * @throws UserError for what is not covered.
   */
  readonly convert: (call: Call) => Node | readonly (Node | null)[];
}

/** The converters of one family by operator. */
export type ConverterTable = Readonly<Record<string, Converter>>;

/** The answer for operators that only shape arithmetic may contain. */
export function onlyKnown(call: Call): never {
  return call.fail(
    'expected inputs that follow from shapes and constants, found one that depends on the data; hesscope has no such operation',
  );
}
