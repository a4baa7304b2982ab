import { comparison } from './define/comparison.ts';

/** x = y, elementwise with broadcasting. */
export const equal = comparison('equal', 'Equal', '=', (x, y) => x === y);
