import { comparison } from './define/comparison.ts';

/** x >= y, elementwise with broadcasting. */
export const greaterEqual = comparison('greaterEqual', 'GreaterOrEqual', '>=', (x, y) => x >= y);
