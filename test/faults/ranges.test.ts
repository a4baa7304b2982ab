import { expectNothingLost } from './expect-nothing-lost.ts';
import { RANGE_FAULTS } from './ranges.ts';

expectNothingLost(RANGE_FAULTS);
