/** The option of models with BatchNorm. */
import { z } from 'zod';

const MEANING = 'whose statistics BatchNorm takes, those of the micro-batch or running ones as they start';

/** The option `norm` of models that have BatchNorm. */
export function statisticsOption() {
  return z.enum(['batch', 'running']).default('batch').describe(`batch or running: ${MEANING}`);
}

/** The option `norm` of models with BatchNorm or without. */
export function normOption(usual: 'none' | 'batch') {
  return z
    .enum(['none', 'batch', 'running'])
    .default(usual)
    .describe(`none, batch or running: whether there is BatchNorm, and ${MEANING}`);
}
