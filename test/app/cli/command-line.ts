/** Runs command lines in this process and catches what they print. */
import { vi } from 'vitest';
import { runCommandLine } from '../../../src/app/cli/program.ts';

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `hesscope ARGS` prints and its exit code, from the sources, parts of which a test may replace. */
export function hesscope(...args: readonly string[]): Promise<Printed> {
  return printedBy(runCommandLine, args);
}

/** What a command line prints and its exit code. */
export async function printedBy(
  run: (args: readonly string[]) => Promise<void>,
  args: readonly string[],
): Promise<Printed> {
  let stdout = '';
  let stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await run(args);
    return { code: Number(process.exitCode ?? 0), stdout, stderr };
  } finally {
    process.exitCode = before;
    out.mockRestore();
    err.mockRestore();
  }
}
