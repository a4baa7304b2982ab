import { DAMAGE_FAULTS } from './damage.ts';
import { expectNothingLost } from './expect-nothing-lost.ts';

expectNothingLost(DAMAGE_FAULTS);
