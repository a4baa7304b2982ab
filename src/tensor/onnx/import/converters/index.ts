/** All ONNX operators that can be imported, by family. */
import { ACTIVATION } from './activation.ts';
import type { Converter, ConverterTable } from './converter.ts';
import { CONVOLUTION } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { INDEXING } from './indexing.ts';
import { LOSS } from './loss.ts';
import { MATMUL } from './matmul.ts';
import { NORMALISATION } from './normalisation.ts';
import { POOLING } from './pooling.ts';
import { RANDOMNESS } from './randomness.ts';
import { RECURRENT } from './recurrent.ts';
import { REDUCTION } from './reduction.ts';
import { SHAPE } from './shape.ts';

/** The converters by family, in the order of the table of operators. */
export const CONVERTER_FAMILIES: Readonly<Record<string, ConverterTable>> = {
  'Arithmetic, comparison, choice': ELEMENTWISE,
  Activation: ACTIVATION,
  'Matrix product': MATMUL,
  Convolution: CONVOLUTION,
  'Pooling and resizing': POOLING,
  Normalisation: NORMALISATION,
  Reduction: REDUCTION,
  'Shape and movement': SHAPE,
  Indexing: INDEXING,
  'Recurrent layer': RECURRENT,
  Loss: LOSS,
  'Randomness and branches': RANDOMNESS,
};

/** The newest version of the standard operator set that the converters were written for. */
export const NEWEST_OPSET = 24;

const ALL: Readonly<Record<string, Converter>> = Object.assign({}, ...Object.values(CONVERTER_FAMILIES));

/** The converter of an operator of the standard set in a version; null when there is none. */
export function converterOf(opType: string, opset: number): Converter | null {
  const converter = Object.hasOwn(ALL, opType) ? ALL[opType] : undefined;
  return converter && converter.since <= opset ? converter : null;
}
