import type { ProfileResults, ProfileRow } from './results.ts';

/** Rows shown one by one; the rest is added up. */
const SHOWN = 14;

const PRODUCTS = new Set(['Gemm', 'MatMul', 'FusedMatMul']);

/** The section on where the time goes of the page on performance. */
export function profileSection({ title, totalMs, runs, rows }: ProfileResults): string {
  const share = (elapsedMs: number) => `${((100 * elapsedMs) / totalMs).toFixed(1)} %`;
  const sum = (list: readonly ProfileRow[]) => list.reduce((total, { elapsedMs }) => total + elapsedMs, 0);
  const byOperation = new Map<string, ProfileRow[]>();
  for (const row of rows) byOperation.set(row.operation, [...(byOperation.get(row.operation) ?? []), row]);
  const operations = [...byOperation]
    .map(([operation, list]) => ({
      operation,
      nodes: list.reduce((n, { nodes }) => n + nodes, 0),
      elapsedMs: sum(list),
    }))
    .sort((x, y) => y.elapsedMs - x.elapsedMs);
  const products = sum(rows.filter(({ operation }) => PRODUCTS.has(operation)));
  return [
    '## Where the time goes',
    '',
    '`npm run bench:profile`',
    '',
    `One product: ${title}; the runtime's own profiler, means of ${runs} runs. Matrix products take ${share(products)} of ${totalMs.toFixed(0)} ms.`,
    '',
    '| operation | nodes | share |',
    '|---|---:|---:|',
    ...operations.map(
      ({ operation, nodes, elapsedMs }) => `| ${operation} | ${nodes} | ${share(elapsedMs)} |`,
    ),
    '',
    '| dearest nodes | number | share |',
    '|---|---:|---:|',
    ...rows
      .slice(0, SHOWN)
      .map(
        ({ operation, shapes, nodes, elapsedMs }) =>
          `| ${operation}: ${shapes} | ${nodes} | ${share(elapsedMs)} |`,
      ),
    `| the other ${rows.length - SHOWN} kinds | | ${share(sum(rows.slice(SHOWN)))} |`,
  ].join('\n');
}
