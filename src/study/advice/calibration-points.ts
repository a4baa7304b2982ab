/** Written by `npm run calibrate`; not to be edited. */
import type { CalibrationPoint } from './calibration.ts';

export const CALIBRATION_POINTS: readonly CalibrationPoint[] = [];
