/** `hesscope trace`: the trace of a curvature matrix. */
import type { Command } from 'commander';
import { traceRequestSchema } from '../../study/estimates/request.ts';
import { measureTrace } from '../../study/estimates/trace.ts';
import { traceText } from '../report/index.ts';
import { numeric } from './choices.ts';
import { estimateCommand } from './estimate-command.ts';

export function traceCommand(): Command {
  return estimateCommand({
    name: 'trace',
    summary: 'the trace of the Hessian, with its error',
    description:
      'Estimates the trace of the selected blocks together by Hutch++, which is exact on the directions that a sketch of the matrix finds and takes random vectors for the rest.',
    examples: `
Examples:
  $ hesscope trace --model mlp
  $ hesscope trace --model gpt-nano --products 30 --curvature gauss-newton`,
    schema: traceRequestSchema,
    options: [{ key: 'products', flags: '-p, --products <count>', parse: numeric }],
    expectedProducts: ({ products }) => products,
    measure: measureTrace,
    write: async (_out, found) => found,
    text: traceText,
  });
}
