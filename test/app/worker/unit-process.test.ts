import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { compiledModule } from '../../compiled/compiled.ts';
import { temporaryFolder } from '../runs/small-run.ts';

type Module = typeof import('../../../src/app/worker/unit-process.ts');
type Orders = typeof import('../../../src/app/units/order.ts');
type Requests = typeof import('../../../src/study/spectrum/request.ts');

const { UnitProcess } = await compiledModule<Module>('app/worker/unit-process.ts');
const { unitOrder } = await compiledModule<Orders>('app/units/order.ts');
const { parseSpectrumRequest } = await compiledModule<Requests>('study/spectrum/request.ts');

const SILENT = { onProducts: () => undefined, onNotice: () => undefined };

test('a process that is killed between two units is started again for the next', async () => {
  const worker = new UnitProcess(1, await temporaryFolder());
  onTestFinished(() => worker.end());
  const setting = {
    request: parseSpectrumRequest({ model: 'mlp', batch: 1 }),
    residuals: { detail: 'all', isKept: true } as const,
    codeVersion: 'another',
    dataSha256: '',
    modelSha256: [],
    range: null,
  };
  const order = unitOrder(setting, { kind: 'check', operator: 'fc1.weight' });
  await expect(worker.perform(order, SILENT)).rejects.toThrow(/results of different code are not mixed/);
  const first = worker.pid;
  process.kill(first as number, 'SIGKILL');
  while (worker.pid !== null) await sleep(10);
  await expect(worker.perform(order, SILENT)).rejects.toThrow(/results of different code are not mixed/);
  expect(worker.pid).not.toBe(first);
});
