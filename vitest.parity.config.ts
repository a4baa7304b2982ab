import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Live comparisons with PyTorch; they need the virtual environment of oracle/requirements.txt at .venv. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['parity/**/*.test.ts'],
  },
});
