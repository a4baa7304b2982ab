import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Many cases from another beginning each time; a failure prints the seed and the path by which it is tried again. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/fuzz/**/*.test.ts'],
    testTimeout: 3_600_000,
    env: {
      HESSCOPE_FUZZ_RUNS: process.env.HESSCOPE_FUZZ_RUNS ?? '2000',
      HESSCOPE_FUZZ_SEED: process.env.HESSCOPE_FUZZ_SEED ?? String(Date.now() % 2 ** 31),
    },
  },
});
