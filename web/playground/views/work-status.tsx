/** How far the measurement has come, and how fast it goes. */
import { formatDuration } from '../../../src/app/report/format.ts';
import type { Progress } from '../../../src/study/spectrum/measure.ts';
import { engineName, phase, problem, progress } from '../state/measurement.ts';

export function WorkStatus() {
  const { value: where } = phase;
  if (where === 'none') return null;
  const done = progress.value;
  return (
    <div class="work-status">
      <p role="status">
        {statusWords(where)}
        {engineName.value && <span class="muted"> {engineName.value}</span>}
      </p>
      {where === 'measuring' && done && (
        <>
          <progress aria-label="Products done" max={done.productsTotal} value={done.productsDone} />
          <p class="muted">{paceWords(done)}</p>
        </>
      )}
      {where === 'failed' && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </div>
  );
}

function statusWords(where: 'opening' | 'measuring' | 'finished' | 'stopped' | 'failed'): string {
  return {
    opening: 'Loading the runtime and building the graphs …',
    measuring: 'Measuring.',
    finished: 'Finished.',
    stopped: 'Stopped; what was found stays.',
    failed: 'This did not work.',
  }[where];
}

/** `block 3 of 15, 120 of 900 products, 80 a second, 10 s left` */
export function paceWords({
  position,
  operatorCount,
  productsDone,
  productsTotal,
  elapsedMs,
  remainingMs,
}: Progress): string {
  const rate = elapsedMs > 0 ? productsDone / (elapsedMs / 1000) : 0;
  return [
    `block ${position} of ${operatorCount}`,
    `${productsDone.toLocaleString('en')} of ${productsTotal.toLocaleString('en')} products`,
    `${rate.toPrecision(2)} a second`,
    `${formatDuration(remainingMs)} left`,
  ].join(', ');
}
