/** `hesscope diagonal`: the diagonal of a curvature matrix. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Diagonal, measureDiagonal } from '../../study/estimates/diagonal.ts';
import { diagonalRequestSchema } from '../../study/estimates/request.ts';
import { writeSafetensors } from '../../tensor/files/safetensors.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import { diagonalText } from '../report/index.ts';
import { numeric } from './choices.ts';
import { estimateCommand } from './estimate-command.ts';

export function diagonalCommand(): Command {
  return estimateCommand({
    name: 'diagonal',
    summary: 'the diagonal of the Hessian, entry by entry, with its errors',
    description:
      'Estimates every entry of the diagonal by products with random signs and writes it block by block, with a standard error for each entry.',
    examples: `
Examples:
  $ hesscope diagonal --model mlp
  $ hesscope diagonal --model gpt-pico --products 200 --curvature fisher`,
    schema: diagonalRequestSchema,
    options: [{ key: 'products', flags: '-p, --products <count>', parse: numeric }],
    expectedProducts: ({ products }) => products,
    measure: measureDiagonal,
    write,
    text: diagonalText,
  });
}

/** Tensors `diagonal.<block>` and `standardError.<block>`, and their sums as numbers. */
async function write(out: string, { diagonal, ...facts }: Diagonal): Promise<object> {
  await writeSafetensors(
    join(out, 'diagonal.safetensors'),
    diagonal.flatMap(({ name, shape, mean, standardError }): [string, HostTensor][] => [
      [`diagonal.${name}`, { dtype: 'float64', shape, data: mean.slice() }],
      [`standardError.${name}`, { dtype: 'float64', shape, data: standardError.slice() }],
    ]),
  );
  const blockSums = diagonal.map(({ name, mean }) => ({
    name,
    sum: mean.reduce((sum, value) => sum + value, 0),
  }));
  return { ...facts, blockSums };
}
