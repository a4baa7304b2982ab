import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { spectrumDetailSchema, trainingDetailSchema } from '../../../src/app/server/contract/entries.ts';
import {
  forecastSchema,
  formSchema,
  type Job,
  jobListSchema,
  jobSchema,
} from '../../../src/app/server/contract/jobs.ts';
import { finishedRun, temporaryFolder } from '../runs/small-run.ts';
import { MLP, PICO } from '../worker/small-jobs.ts';
import { entryPath, type Served, served } from './served.ts';

/** Long enough to be stopped on its way. */
const LONG = { ...PICO, probes: 3, steps: 400, full: false };

/** Weights and biases of 784-300-128-64-10. */
const MLP_PARAMETERS = 784 * 300 + 300 + 300 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10;

async function begin(server: Served, kind: Job['kind'], input: object): Promise<Job> {
  const answer = await server.post('/api/jobs', { kind, input });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return jobSchema.parse(answer.json());
}

async function jobsOf(server: Served): Promise<Job[]> {
  return (await server.read('/api/jobs', jobListSchema)).jobs;
}

/** Waits until a job is as it should be. */
async function untilJob(server: Served, id: string, isReached: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const found = (await jobsOf(server)).find((job) => job.id === id) as Job;
    if (isReached(found)) return found;
    if (['finished', 'interrupted', 'failed'].includes(found.state))
      throw new Error(`the job ended as ${found.state}: ${found.error}`);
    await sleep(50);
  }
}

const inState = (state: Job['state']) => (job: Job) => job.state === state;

describe('jobs', () => {
  test('are done one after the other, each in a run of its own that is an entry', async () => {
    const server = await served();
    const spectrum = await begin(server, 'spectrum', MLP);
    const training = await begin(server, 'training', {
      model: 'mlp',
      optimizer: 'sgd',
      steps: 3,
      batch: 8,
      threads: 1,
    });
    expect(spectrum).toMatchObject({ kind: 'spectrum', title: 'mlp, Hessian', entry: null, progress: null });
    expect(training.state).toBe('queued');
    await untilJob(server, spectrum.id, (job) => {
      return job.state === 'running';
    });
    expect((await jobsOf(server)).map(({ id, state }) => [id, state])).toEqual([
      [training.id, 'queued'],
      [spectrum.id, 'running'],
    ]);
    const measured = await untilJob(server, spectrum.id, inState('finished'));
    expect(measured.error).toBeNull();
    const detail = await server.read(entryPath(measured.entry as string), spectrumDetailSchema);
    expect(detail.summary.status).toBe('finished');
    expect(detail.blocks.filter(({ isMeasured }) => isMeasured)).toHaveLength(2);
    expect(detail.summary.hasReport).toBe(true);
    const trained = await untilJob(server, training.id, inState('finished'));
    expect(trained.progress).toMatchObject({ share: 1, text: 'step 3 of 3' });
    const { metrics } = await server.read(entryPath(trained.entry as string), trainingDetailSchema);
    expect(metrics.step).toEqual([1, 2, 3]);
  });

  test('are stopped with everything saved, and go on to a sound end', async () => {
    const server = await served();
    const { id } = await begin(server, 'spectrum', LONG);
    const waiting = await begin(server, 'spectrum', LONG);
    const running = await untilJob(server, id, (job) => (job.progress?.share ?? 0) > 0);
    const entry = running.entry as string;
    const busy = await server.post(entryPath(entry, '/resume'), {});
    expect(busy.status).toBe(409);
    expect(jobSchema.parse((await server.post(`/api/jobs/${waiting.id}/stop`, {})).json()).state).toBe(
      'interrupted',
    );
    expect(jobSchema.parse((await server.post(`/api/jobs/${id}/stop`, {})).json()).state).toBe('stopping');
    await untilJob(server, id, inState('interrupted'));
    const path = join(server.folder, entry);
    expect((await readRun(path)).run).toMatchObject({ status: 'interrupted', error: null });

    const resumed = jobSchema.parse((await server.post(entryPath(entry, '/resume'), {})).json());
    expect(resumed).toMatchObject({ entry, kind: 'spectrum' });
    // Stopped a second time, and at once: what was saved by then is sound.
    await untilJob(server, resumed.id, (job) => (job.progress?.share ?? 0) > 0);
    await server.post(`/api/jobs/${resumed.id}/stop`, {});
    await server.post(`/api/jobs/${resumed.id}/stop`, {});
    await untilJob(server, resumed.id, inState('interrupted'));
    expect((await verifyRun(path)).sound).toBe(true);
    expect(server.bugs).toEqual([]);
  });

  test('that cannot begin say what was wrong', async () => {
    const server = await served();
    const unknown = await server.post('/api/jobs', { kind: 'spectrum', input: { modle: 'mlp' } });
    expect(unknown.status).toBe(400);
    expect(unknown.json()).toEqual({ error: expect.stringContaining("did you mean 'model'?") });
    const { id } = await begin(server, 'spectrum', { ...MLP, blocks: 'fc3.wieght' });
    const failed = await untilJob(server, id, inState('failed'));
    expect(failed.error).toContain("mlp has no block 'fc3.wieght'");
    expect((await server.post('/api/jobs', { kind: 'cooking', input: {} })).status).toBe(400);
    expect((await server.post('/api/jobs/none/stop', {})).status).toBe(404);
  });

  test('do not go on with what is finished or no run, and go into no run', async () => {
    const folder = await temporaryFolder();
    await finishedRun({ path: join(folder, 'one') });
    const server = await served({ folder });
    const answer = await server.post(entryPath('one', '/resume'), {});
    expect([answer.status, answer.json()]).toEqual([
      409,
      { error: "'one' is finished; there is nothing to go on with." },
    ]);
    const inner = await served({ folder: join(folder, 'one') });
    const refused = await inner.post('/api/jobs', { kind: 'spectrum', input: MLP });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('serve the folder above it');
  });
});

test('a forecast says time, memory and products before anything begins', async () => {
  const server = await served();
  const answer = await server.post('/api/forecast', MLP);
  expect(answer.status).toBe(200);
  const forecast = forecastSchema.parse(answer.json());
  // fc4.bias has ten parameters and gets all its eigenvalues where that takes no more products: 10 against 2 x 6; then
  // 12 products for fc3.weight and 12 for the whole matrix.
  expect(forecast).toMatchObject({ model: 'mlp', parameterCount: MLP_PARAMETERS, products: 34 });
  expect(forecast.estimatedMs).toBeGreaterThan(0);
  expect(forecast.text.length).toBeGreaterThan(0);
  const wrong = await server.post('/api/forecast', { model: 'mlq' });
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain("'mlq'");
});

test('a forecast is given up for a later one', async () => {
  const server = await served();
  const first = server.post('/api/forecast', LONG);
  await sleep(200);
  const second = await server.post('/api/forecast', MLP);
  expect((await first).status).toBe(409);
  expect(second.status).toBe(200);
});

test('the form offers models, data and every choice that one field can hold', async () => {
  const server = await served();
  const form = await server.read('/api/form', formSchema);
  expect(form.models).toContainEqual({
    name: 'gpt-pico',
    description: expect.any(String),
    dataKind: 'text',
    // As the runs on Moby-Dick have it (docs/zoo.md has 106,880 with 65 characters; the text has 81, of 64 numbers each).
    parameterCount: 106_880 + 16 * 64,
  });
  expect(form.data.map(({ name }) => name).slice(0, 3)).toEqual(['moby-dick', 'countries', 'digits']);
  const choice = (key: string) => form.choices.find((candidate) => candidate.key === key);
  expect(choice('probes')).toMatchObject({ type: 'number', default: 10, options: [] });
  expect(choice('microBatches')).toMatchObject({ type: 'number', default: 1, options: ['paper'] });
  expect(choice('precision')).toMatchObject({
    type: 'one-of',
    default: 'float32',
    options: ['float32', 'float64'],
  });
  expect(choice('full')).toMatchObject({ type: 'boolean', default: true });
  expect(choice('data')).toMatchObject({ type: 'text', default: null });
  expect(choice('modelOptions')).toBeUndefined();
  expect(form.trainingChoices.find(({ key }) => key === 'optimizer')).toMatchObject({ default: 'adamw' });
});
