import { fileURLToPath } from 'node:url';
import { writeJson } from '../src/app/runs/write.ts';

/** Keeps the results of a benchmark in `bench/results/<name>.json`, from where the page on performance takes them. */
export async function writeResults(name: string, results: unknown): Promise<void> {
  const path = fileURLToPath(new URL(`./results/${name}.json`, import.meta.url));
  await writeJson(path, results);
  console.error(
    `results: bench/results/${name}.json; npm run docs:performance puts them into docs/performance.md`,
  );
}
