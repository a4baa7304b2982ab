/** A network from an ONNX file on disk. */
import { basename } from 'node:path';
import { readOnnxFile } from '../../tensor/onnx/import/read-file.ts';
import { type ImportedNetwork, type ImportOptions, networkOf } from './imported.ts';

/**
 * Opens an ONNX file as a model whose parameters are the file's weights.
 * @throws UserError when the file is no ONNX model, has no such output, or a rule fits nothing.
 */
export function importNetwork(path: string, options: ImportOptions): ImportedNetwork {
  return networkOf(readOnnxFile(path), basename(path).replace(/\.onnx$/, ''), options);
}
