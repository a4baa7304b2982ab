/** `hesscope export`: a model with its parameters as an ONNX file. */
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { exportModel } from '../../study/model/export.ts';
import { parseSpectrumRequest } from '../../study/spectrum/request.ts';
import { formatType } from '../../tensor/graph/type.ts';
import { writeAside } from '../runs/write.ts';
import { addRequestOptions, requestInput } from './request-options.ts';

export function exportCommand(): Command {
  const command = new Command('export')
    .summary('write a model with its parameters as an ONNX file')
    .description(
      'Writes a model as ONNX: parameters as they are drawn from the seed or loaded by --weights, logits and loss as outputs, for batches of the size given by --batch.',
    );
  return addRequestOptions(command)
    .option('-o, --out <file>', 'the ONNX file')
    .addHelpText('after', '\nExample:\n  $ hesscope export --model gpt-pico --batch 4 --out gpt-pico.onnx')
    .action(runExport);
}

async function runExport(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { out } = options;
  if (typeof out !== 'string' || !out.endsWith('.onnx'))
    throw new UserError(
      "Expected the name of a file that ends in .onnx after --out, such as '--out gpt-pico.onnx'.",
    );
  const request = parseSpectrumRequest(await requestInput(options));
  const { bytes, inputs, outputs } = await exportModel(request);
  await writeAside(out, bytes);
  const listed = (values: typeof inputs) =>
    values.map(({ name, type }) => `${name} ${formatType(type)}`).join(', ');
  process.stdout.write(`${out}: ${listed(inputs)} to ${listed(outputs)}\n`);
}
