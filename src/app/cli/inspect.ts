/** `hesscope inspect`: what a model is made of, whether an ONNX file can be measured, and what a product costs. */
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import type { OpenExtents } from '../../network/models/placeholder-arrays.ts';
import { inspectModel } from '../../study/model/inspect.ts';
import { parseSpectrumRequest } from '../../study/spectrum/request.ts';
import { onnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { inspectionText } from '../report/index.ts';
import { defaultThreads } from '../worker/environment.ts';
import { USER_ERROR_EXIT_CODE } from './exit.ts';
import { addRequestOptions, requestInput } from './request-options.ts';

const EXAMPLES = `
Examples:
  $ hesscope inspect my.onnx
      its blocks, whether all its operators are supported, and the cost of a product on batches of zeros
  $ hesscope inspect my.onnx --batch 4 --dim sequence=128
  $ hesscope inspect gpt-nano --batch 8`;

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .summary("a model's blocks, what a Hessian product of it costs, and what an ONNX file lacks")
    .description(
      'Prints the blocks of a preset or of an ONNX file with their shapes and sizes, the operators that cannot be imported, and the cost and memory of one Hessian product. It computes no product and writes nothing.',
    )
    .argument('<model>', 'a model preset, or an ONNX file');
  return addRequestOptions(command)
    .option(
      '--dim <name=extent>',
      'the extent of an axis that an ONNX file leaves open; may be given again',
      extent,
    )
    .option('--json', 'print the findings as JSON and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(runInspect);
}

function extent(text: string, previous: OpenExtents | undefined): OpenExtents {
  const [name, value, ...rest] = text.split('=');
  const count = Number(value);
  if (!name || rest.length > 0 || !Number.isInteger(count) || count < 1)
    throw new UserError(
      `Expected --dim to be followed by name=extent, such as sequence=128, found '${text}'.`,
    );
  return { ...previous, [name]: count };
}

async function runInspect(model: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  const request = parseSpectrumRequest({ ...(await requestInput(options)), model });
  const engine = onnxRuntimeEngine({ threads: request.threads ?? defaultThreads() });
  const inspection = await inspectModel(request, (options.dim as OpenExtents | undefined) ?? {}, engine);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(inspection, null, 2)}\n` : `${inspectionText(inspection)}\n`,
  );
  if (inspection.unsupported.length > 0) process.exitCode = USER_ERROR_EXIT_CODE;
}
