/** A network from an ONNX file on disk. */
import { basename } from 'node:path';
import { UserError } from '../../errors.ts';
import { readOnnxFile } from '../../tensor/onnx/import/read-file.ts';
import { type ImportedNetwork, type ImportOptions, networkOf } from './imported.ts';

/**
 * Opens an ONNX file as a model whose parameters are the file's weights.
 * @throws UserError when the file is no ONNX model, has no such output, or a rule fits nothing.
 */
export function importNetwork(path: string, options: ImportOptions): ImportedNetwork {
  const naming = <Result>(work: () => Result): Result => withPath(path, work);
  const network = naming(() => networkOf(readOnnxFile(path), basename(path).replace(/\.onnx$/, ''), options));
  return {
    ...network,
    model: { ...network.model, loss: (trace) => naming(() => network.model.loss(trace)) },
    weights: (dtype) => naming(() => network.weights(dtype)),
    output: (b, parameters, batch) => naming(() => network.output(b, parameters, batch)),
  };
}

/** Mistakes in a file name it, whatever part of the file tells of them. */
function withPath<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError) || error.message.includes(path)) throw error;
    throw new UserError(`${path}: ${error.message}`, { cause: error });
  }
}
