/** A process that starts the job at its argument (JSON) and says how many products are done, until it is killed. */
import type { SpectrumJob } from '../../../src/app/worker/protocol.ts';
import { compiledModule } from '../../compiled/compiled.ts';

type Host = typeof import('../../../src/app/worker/host.ts');

const { startJob } = await compiledModule<Host>('app/worker/host.ts');

const job = JSON.parse(process.argv[2] ?? '') as SpectrumJob;
const { outcome } = startJob(job, (event) => {
  if (event.type === 'progress') process.stdout.write(`${event.progress.productsDone}\n`);
});
await outcome;
