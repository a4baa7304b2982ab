/** On what a benchmark ran. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { onnxRuntimeVersion } from '../src/tensor/engine/onnxruntime.ts';

export interface BenchEnvironment {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly onnxRuntime: string;
  readonly hesscope: string;
}

export function benchEnvironment(): BenchEnvironment {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    onnxRuntime: onnxRuntimeVersion,
    hesscope: (JSON.parse(manifest) as { version: string }).version,
  };
}
