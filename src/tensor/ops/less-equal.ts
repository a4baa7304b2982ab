import { comparison } from './define/comparison.ts';

/** x <= y, elementwise with broadcasting. */
export const lessEqual = comparison('lessEqual', 'LessOrEqual', '<=', (x, y) => x <= y);
