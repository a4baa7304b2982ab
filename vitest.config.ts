import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One ONNX Runtime binding per process: tests that load it must not share a worker thread.
    pool: 'forks',
    testTimeout: 120_000,
  },
});
