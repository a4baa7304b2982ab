/** Which files an ONNX file keeps values of its tensors in. */
import { readFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { UserError } from '../../../errors.ts';

/**
 * The files beside an ONNX file that hold values of its stored tensors, relative to its folder, each once.
 *
 * @throws UserError when the file cannot be read or is no ONNX file.
 */
export function externalFilesOf(path: string): string[] {
  try {
    const { graph } = fromBinary(ModelProtoSchema, readFileSync(path));
    const locations = (graph?.initializer ?? []).flatMap(({ externalData }) =>
      externalData.filter(({ key }) => key === 'location').map(({ value }) => value),
    );
    return [...new Set(locations)].sort();
  } catch (error) {
    throw new UserError(`Cannot read the ONNX file '${path}': ${(error as Error).message}.`);
  }
}
