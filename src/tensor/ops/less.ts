import { comparison } from './define/comparison.ts';

/** x < y, elementwise with broadcasting. */
export const less = comparison('less', 'Less', '<', (x, y) => x < y);
