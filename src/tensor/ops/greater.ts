import { comparison } from './define/comparison.ts';

/** x > y, elementwise with broadcasting. */
export const greater = comparison('greater', 'Greater', '>', (x, y) => x > y);
