import { defineConfig } from 'vitest/config';

/** CI names a file in which the counts of a run are left for its summary. */
const report = process.env.HESSCOPE_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One ONNX Runtime binding per process: tests that load it must not share a worker thread.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
