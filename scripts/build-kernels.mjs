/**
 * Compiles `kernels/vector.ts` into `src/vector/kernel-binary.ts`: `npm run kernels`; with `--check` it only compares.
 *
 * The binary stands in the sources, so that neither an installation nor a test needs the compiler, which is large;
 * `npm run kernels` fetches it for the one call.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../kernels/vector.ts', import.meta.url));
const TARGET = fileURLToPath(new URL('../src/vector/kernel-binary.ts', import.meta.url));
const OPTIONS = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=', '--initialMemory', '16'];

const folder = mkdtempSync(join(tmpdir(), 'hesscope-kernels-'));
try {
  const binary = join(folder, 'vector.wasm');
  const { status, error } = spawnSync('asc', [SOURCE, '--outFile', binary, ...OPTIONS], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the kernels could not be compiled (${error ?? `exit code ${status}`})`);
  const text = fileWith(readFileSync(binary));
  if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
  else if (readFileSync(TARGET, 'utf8') !== text)
    throw new Error(
      'expected src/vector/kernel-binary.ts to be what kernels/vector.ts compiles to: npm run kernels',
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function fileWith(binary) {
  const lines = binary.toString('base64').match(/.{1,100}/g) ?? [];
  return [
    '/** Compiled from kernels/vector.ts by `npm run kernels`: WebAssembly in base64. */',
    'export const KERNEL_BINARY = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}
