import { expectNothingLost } from './expect-nothing-lost.ts';
import { PROCESS_FAULTS } from './processes.ts';

expectNothingLost(PROCESS_FAULTS);
