/** What is sent to whoever performs a unit, and what comes back. */
import { createHash } from 'node:crypto';
import {
  type UnitOutcome,
  type UnitSetting,
  unitIdentity,
  type WorkUnit,
} from '../../study/spectrum/units/unit.ts';
import type { UnitRecord } from '../runs/records.ts';

/** A unit with all that determines its result. */
export interface UnitOrder {
  /** Its name everywhere: `unitKey` of the rest. */
  readonly key: string;
  readonly unit: WorkUnit;
  readonly setting: UnitSetting;
}

/** The machine that performed a unit. */
export type UnitMachine = UnitRecord['machine'];

/** A unit that has been performed. */
export interface UnitReport {
  readonly key: string;
  readonly outcome: UnitOutcome;
  readonly machine: UnitMachine;
  /** From the order to the outcome, preparation included. */
  readonly elapsedMs: number;
  /** Of that, inside the runtime. */
  readonly runtimeMs: number;
}

/** sha256 of everything that determines the unit's result but for the machine, in hexadecimal. */
export function unitKey(setting: UnitSetting, unit: WorkUnit): string {
  return createHash('sha256').update(unitIdentity(setting, unit)).digest('hex');
}

export function unitOrder(setting: UnitSetting, unit: WorkUnit): UnitOrder {
  return { key: unitKey(setting, unit), unit, setting };
}
