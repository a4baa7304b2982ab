import { logical } from './define/logical.ts';

/** x and y, elementwise on bools with broadcasting. */
export const logicalAnd = logical('logicalAnd', 'And', (x, y) => x && y);
