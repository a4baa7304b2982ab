import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** CI names a file in which the counts of a run are left for its summary. */
const report = process.env.HESSCOPE_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/compiled/compile.ts'],
    // Compiled files are loaded by Node itself.
    server: { deps: { external: [/\/\.compiled\//] } },
    // One ONNX Runtime binding per process: tests that load it must not share a worker thread.
    pool: 'forks',
    // By default one core stays idle, which is half of a machine with two; most tests wait for a process of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
