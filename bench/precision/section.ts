import type { PrecisionResults } from './results.ts';

/** The section on float32 of the page on performance. */
export function precisionSection({ models }: PrecisionResults): string {
  const tables = models.map(({ model, rows }) => {
    const worst = rows.reduce((most, row) => (row.float32 > most.float32 ? row : most));
    const lines = rows.map(
      ({ name, dim, method, float32, reorthogonalised, ghosts, largest }) =>
        `| ${name} | ${dim} | ${method} | ${power(float32)} | ${power(reorthogonalised)} | ${power(ghosts)} | ${power(largest)} |`,
    );
    return [
      `### ${model}`,
      '',
      '| block | size | method | float32 | float32, reorthogonalised | ghosts alone | largest eigenvalue |',
      '|---|---:|---|---:|---:|---:|---:|',
      ...lines,
      '',
      `Largest difference: ${power(worst.float32)} (${worst.name}).`,
    ].join('\n');
  });
  return [
    '## What float32 does to spectra',
    '',
    '`npm run bench:precision`',
    '',
    'Wasserstein-1 between the mean spectra of 10 probes and 100 steps, the same start vectors, divided by the range of the float64 spectrum. Lanczos without reorthogonalisation makes ghosts: copies of eigenvalues already found, whose moment of appearing depends on rounding. So two runs that round differently differ by about what ghosts do, whatever the precision of the products; with reorthogonalisation what is left is float32 itself. The last column is the relative difference of the largest eigenvalue.',
    '',
    tables.join('\n\n'),
  ].join('\n');
}

function power(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
