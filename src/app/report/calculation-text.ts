/** What a measurement would cost elsewhere, as a table. */
import type { CalculatedWay, Calculation } from '../../study/spectrum/calculate.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';
import { renderText } from './tables.ts';

const MS_PER_HOUR = 3_600_000;

export function calculationText(calculation: Omit<Calculation, 'sharing'>): string {
  const { model, operators, products, examples, wholeProductFlops, rateGflops, bytes, ways } = calculation;
  return [
    `${model.name} (${formatCount(model.parameterCount)} parameters), ${formatCount(examples)} examples: ${formatCount(operators)} operators, ${formatCount(products)} products; one of the whole matrix takes ${formatNumber(wholeProductFlops / 1e12)} TFLOP`,
    `At ${formatNumber(rateGflops)} GFLOPS in matrix products; memory for one micro-batch about ${formatBytes(bytes)}`,
    '',
    renderText(
      [
        { heading: 'way', numeric: false, cell: ({ title }: CalculatedWay) => title },
        { heading: 'PFLOP', numeric: true, cell: ({ flops }) => formatNumber(flops / 1e15) },
        { heading: 'time', numeric: true, cell: ({ hours }) => formatDuration(hours * MS_PER_HOUR) },
      ],
      ways,
    ),
  ].join('\n');
}
