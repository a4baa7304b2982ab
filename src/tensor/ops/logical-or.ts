import { logical } from './define/logical.ts';

/** x or y, elementwise on bools with broadcasting. */
export const logicalOr = logical('logicalOr', 'Or', (x, y) => x || y);
