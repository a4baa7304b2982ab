import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem } from 'node:os';

/** What else determines a run's bits: versions, processor, threads. */
export async function describeEnvironment(
  engineName: string,
  threads: number,
): Promise<Record<string, string | number>> {
  return {
    hesscope: await packageVersion(),
    node: process.version,
    engine: engineName,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    threads,
  };
}

/** The same with the processors that others computed on; several are a mix, which it says. */
export function environmentOn<Environment extends object>(
  environment: Environment,
  processors: readonly string[],
): Environment {
  const [first, ...others] = processors;
  if (first === undefined) return environment;
  const processor = others.length === 0 ? first : `mixed: ${processors.join(', ')}`;
  return { ...environment, processor };
}

/** The version of this package. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The cores that this process may use, or the share of one of several processes. */
export function defaultThreads(processes = 1): number {
  return Math.max(1, Math.floor(availableParallelism() / processes));
}

/** Half of the memory that is free now. */
export function spareBytes(): number {
  return freemem() / 2;
}
