import { DISK_FAULTS } from './disk.ts';
import { expectNothingLost } from './expect-nothing-lost.ts';

expectNothingLost(DISK_FAULTS);
