import type { VectorResults } from './results.ts';

/** The section on loops over vectors of the page on performance. */
export function vectorsSection({ rows, length, repeats }: VectorResults): string {
  return [
    '## Loops over vectors: JavaScript or WebAssembly',
    '',
    '`npm run bench:vectors`',
    '',
    `What Lanczos and the optimizers do besides products, on float32 vectors of ${length.toLocaleString('en')} elements, arithmetic in float64; medians of ${repeats}, in turns, in nanoseconds for each element. The kernels work on copies in memory of their own, a piece at a time, which is counted; results are the same to the bit, but for the order of sums.`,
    '',
    '| loop | JavaScript | WebAssembly | ratio |',
    '|---|---:|---:|---:|',
    ...rows.map(
      ({ kernel, javascriptNs, kernelNs }) =>
        `| ${kernel} | ${javascriptNs.toFixed(2)} | ${kernelNs.toFixed(2)} | ${(kernelNs / javascriptNs).toFixed(2)} |`,
    ),
  ].join('\n');
}
