/** Every fault that is made, in the order of the table in docs/reliability.md. */
import { DAMAGE_FAULTS } from './damage.ts';
import { DISK_FAULTS } from './disk.ts';
import type { Fault } from './fault.ts';
import { ORDER_FAULTS } from './order.ts';
import { PROCESS_FAULTS } from './processes.ts';
import { RANGE_FAULTS } from './ranges.ts';
import { REDIS_FAULTS } from './redis.ts';

export const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...RANGE_FAULTS,
  ...REDIS_FAULTS,
  ...DISK_FAULTS,
  ...DAMAGE_FAULTS,
  ...ORDER_FAULTS,
];
