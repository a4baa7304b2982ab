import type { Device } from '../../src/tensor/engine/device.ts';
import type { BenchEnvironment } from '../environment.ts';

/** One way to compute a quantity on a device. */
export interface DeviceTimes {
  readonly name: string;
  /** `product`: with the whole Hessian; `step`: one product with every block of the case. */
  readonly quantity: 'product' | 'step';
  readonly elapsedMs: readonly number[];
  /** Norm of the difference from the CPU's product, over the norm of that; null where nothing was compared. */
  readonly difference: number | null;
}

/** What was measured of a case on one device, or why nothing was. */
export interface DeviceRecord {
  readonly device: Device | 'torch';
  /** Name and version of what computes. */
  readonly engine: string;
  readonly methods: readonly DeviceTimes[];
  readonly failure: string | null;
}

export interface DeviceCase {
  readonly title: string;
  readonly parameterCount: number;
  readonly records: readonly DeviceRecord[];
}

export interface DevicesResults {
  readonly environment: BenchEnvironment;
  /** Its driver's name for the GPU; null where PyTorch saw none. */
  readonly gpu: string | null;
  readonly threads: number;
  readonly cases: readonly DeviceCase[];
}
