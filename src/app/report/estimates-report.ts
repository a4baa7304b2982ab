/** Eigenpairs, traces and diagonals as people see them. */
import { curvatureTitle } from '../../curvature/products/index.ts';
import type { Diagonal } from '../../study/estimates/diagonal.ts';
import type { Eigenpairs } from '../../study/estimates/eigenpairs.ts';
import type { MatrixFacts } from '../../study/estimates/matrix.ts';
import type { Trace } from '../../study/estimates/trace.ts';
import { shortBlockNames } from './block-names.ts';
import { lossSlicesChart } from './charts/loss-slices.ts';
import { formatCount, formatEstimate, formatNumber } from './format.ts';
import { standaloneSvg } from './svg.ts';
import { renderText } from './tables.ts';
import { FILE_PALETTE } from './theme.ts';

export function eigenpairsText(found: Eigenpairs): string {
  const { largest, least, steps, hasConverged } = found;
  const rows = [
    ...largest.map((pair, index) => ({ name: `largest ${index + 1}`, ...pair })),
    ...least.map((pair, index) => ({ name: `least ${index + 1}`, ...pair })),
  ];
  return [
    factsText(found),
    `${formatCount(steps)} Lanczos steps, ${hasConverged ? 'all residuals within the tolerance' : 'NOT all residuals within the tolerance: give more --steps'}`,
    '',
    renderText(
      [
        { heading: 'pair', numeric: false, cell: ({ name }) => name },
        { heading: 'eigenvalue', numeric: true, cell: ({ value }) => formatNumber(value, 6) },
        { heading: '|A x - λ x|', numeric: true, cell: ({ residual }) => formatNumber(residual, 2) },
      ],
      rows,
    ),
  ].join('\n');
}

/** The loss along each eigenvector; null where it was not measured. */
export function eigenpairsSvg({ model, slices }: Eigenpairs): string | null {
  return slices.length > 0 ? standaloneSvg(lossSlicesChart(model, slices, FILE_PALETTE), FILE_PALETTE) : null;
}

export function traceText(found: Trace): string {
  const { trace, dim } = found;
  return [
    factsText(found),
    `Trace ${formatEstimate(trace)}, mean eigenvalue ${formatNumber(trace.mean / dim)}`,
  ].join('\n');
}

export function diagonalText(found: Diagonal): string {
  const short = shortBlockNames(found.diagonal.map(({ name }) => name));
  const rows = found.diagonal.map(({ name, mean, standardError }) => ({
    name: short.get(name) ?? name,
    size: mean.length,
    sum: mean.reduce((sum, value) => sum + value, 0),
    least: mean.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    largest: mean.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY),
    error: Math.sqrt(standardError.reduce((sum, value) => sum + value * value, 0) / mean.length),
  }));
  return [
    factsText(found),
    '',
    renderText(
      [
        { heading: 'block', numeric: false, cell: ({ name }) => name },
        { heading: 'entries', numeric: true, cell: ({ size }) => formatCount(size) },
        { heading: 'sum', numeric: true, cell: ({ sum }) => formatNumber(sum) },
        { heading: 'least', numeric: true, cell: ({ least }) => formatNumber(least) },
        { heading: 'largest', numeric: true, cell: ({ largest }) => formatNumber(largest) },
        { heading: 'error of an entry', numeric: true, cell: ({ error }) => formatNumber(error, 2) },
      ],
      rows,
    ),
  ].join('\n');
}

function factsText({ model, data, curvature, blocks, dim, loss }: MatrixFacts): string {
  return `${model} on ${data}\nThe ${curvatureTitle(curvature)} of ${blocks.length} blocks, ${formatCount(dim)} rows; loss ${formatNumber(loss)}`;
}
