import { choice } from './maximum.ts';

/** The smaller of two values, elementwise; where they are equal the tangent is that of the second. */
export const minimum = choice('minimum', 'Min', Math.min, (b, x, y) => b.less(x, y));
