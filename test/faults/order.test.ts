import { expectNothingLost } from './expect-nothing-lost.ts';
import { ORDER_FAULTS } from './order.ts';

expectNothingLost(ORDER_FAULTS);
