/**
 * Compiles the sources once before the tests. Commands and computing processes that tests start begin at once from
 * compiled files; through tsx each would first read some hundred sources, which takes longer than most of their work.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { COMPILED_FOLDER } from './compiled.ts';

/** Vitest's hook. Types are checked elsewhere. */
export default function compile(): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const into = ['--outDir', COMPILED_FOLDER, '--tsBuildInfoFile', join(COMPILED_FOLDER, '.tsbuildinfo')];
  execFileSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', ...into],
    { stdio: 'inherit' },
  );
}
