import type { StepSplitResults } from './results.ts';

/** The section on where a training step is computed of the page on performance. */
export function stepSplitSection({ rows, repeats }: StepSplitResults): string {
  return [
    '## A training step: graph or loop',
    '',
    '`npm run bench:step-split`',
    '',
    `A step as loss and gradient in the runtime and a loop over typed arrays (as hesscope does it, in WebAssembly), and as one graph from parameters, state and batch to the next ones; medians of ${repeats}, in turns. Every output of a graph is copied: the gradient once, parameters with one moment twice, with two moments three times as much.`,
    '',
    '| model | optimizer | parameters | loss and gradient | with the loop | as one graph | graph / loop |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows.map(
      ({ title, optimizer, parameterCount, gradientMs, loopMs, graphMs }) =>
        `| ${title} | ${optimizer} | ${parameterCount.toLocaleString('en')} | ${ms(gradientMs)} | ${ms(loopMs)} | ${ms(graphMs)} | ${(graphMs / loopMs).toFixed(2)} |`,
    ),
  ].join('\n');
}

function ms(value: number): string {
  return `${value.toPrecision(3)} ms`;
}
