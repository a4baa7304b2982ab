/** Measures how time and memory of a step grow: `npm run bench:curves`. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ALLOCATOR_SETTINGS } from '../../src/app/worker/host.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import type { PointTimes } from './child.ts';
import { AXES, type Axis, type Point } from './points.ts';
import type { Curve, CurvePoint, CurvesResults } from './results.ts';
import { curvesSection } from './section.ts';

/** All points are measured once in each round, so that a slow while of the machine touches all of them. */
const ROUNDS = 3;

const measured = new Map<Point, PointTimes[]>();
const points = AXES.flatMap((axis) => axis.points.map(({ point }) => point));
let done = 0;
for (let round = 0; round < ROUNDS; round++)
  for (const point of points) {
    measured.set(point, [...(measured.get(point) ?? []), await measurePoint(point)]);
    done++;
    process.stderr.write(`\rcurves: ${done} of ${ROUNDS * points.length} measurements`);
  }
process.stderr.write('\n');

const results: CurvesResults = { environment: benchEnvironment(), curves: AXES.map(curveOf) };
await writeResults('curves', results);
console.log(curvesSection(results));

function curveOf({ name, title, points: axisPoints }: Axis): Curve {
  const curve = axisPoints.map(({ value, point }): CurvePoint => {
    const rounds = measured.get(point) as PointTimes[];
    const steps = rounds.flatMap(({ stepMs }) => stepMs).sort((a, b) => a - b);
    const [{ residualBytes, parameterCount }] = rounds as [PointTimes, ...PointTimes[]];
    return {
      value,
      point,
      stepMs: steps[Math.floor(steps.length / 2)] as number,
      residualBytes,
      peakBytes: Math.min(...rounds.map(({ peakBytes }) => peakBytes)),
      parameterCount,
    };
  });
  return { name, title, points: curve };
}

function measurePoint(point: Point): Promise<PointTimes> {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), {
    env: { ...process.env, ...ALLOCATOR_SETTINGS },
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.on('message', (times: PointTimes) => resolve(times));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      reject(new Error(`the process of ${JSON.stringify(point)} ended with ${signal ?? `code ${code}`}`));
    });
    child.send(point);
  });
}
