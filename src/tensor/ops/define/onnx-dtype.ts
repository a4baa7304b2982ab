import type { DType } from '../../graph/type.ts';

/** ONNX's number of an element type (TensorProto.DataType). */
export function onnxDType(dtype: DType): number {
  return { float32: 1, int64: 7, bool: 9, float64: 11 }[dtype];
}
