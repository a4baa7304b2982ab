import { expectNothingLost } from './expect-nothing-lost.ts';
import { REDIS_FAULTS } from './redis.ts';

expectNothingLost(REDIS_FAULTS);
