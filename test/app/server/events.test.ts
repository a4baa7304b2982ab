import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createRunDirectory, openRunDirectory } from '../../../src/app/runs/directory.ts';
import {
  EVENT_NAMES,
  type EventData,
  type EventName,
  eventSchemas,
} from '../../../src/app/server/contract/events.ts';
import { EventHub } from '../../../src/app/server/events/event-hub.ts';
import { throttled } from '../../../src/app/server/events/throttle.ts';
import { finishedRun, start, temporaryFolder } from '../runs/small-run.ts';
import { MLP } from '../worker/small-jobs.ts';
import { type Served, served } from './served.ts';

/** Nobody wants to wait for a test. */
const QUICK = { runningMs: 50, allMs: 100 };

interface Listening {
  /** Resolves with the first event of a name that has come, or comes, and is as it should be; it is held against its schema. */
  saw<Name extends EventName>(name: Name, isIt: (data: EventData<Name>) => boolean): Promise<EventData<Name>>;
}

/** Opens the stream of events and keeps all that comes. */
async function listen({ port }: Served): Promise<Listening> {
  const response = await new Promise<IncomingMessage>((resolve) => {
    get({ host: '127.0.0.1', port, path: '/api/events', agent: false }, resolve);
  });
  expect(response.headers['content-type']).toBe('text/event-stream');
  onTestFinished(() => void response.destroy());
  let text = '';
  response.on('error', () => undefined);
  response.on('data', (data: Buffer) => {
    text += data.toString();
  });
  await once(response, 'data');
  const eventsOf = <Name extends EventName>(name: Name): EventData<Name>[] =>
    text
      .split('\n\n')
      .slice(0, -1)
      .flatMap((block) => {
        const [, found, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
        return found === name
          ? [eventSchemas[name].parse(JSON.parse(data as string)) as EventData<Name>]
          : [];
      });
  return {
    saw: async (name, isIt) => {
      for (;;) {
        const found = eventsOf(name).find(isIt);
        if (found) return found;
        await Promise.race([once(response, 'data'), sleep(1000)]);
      }
    },
  };
}

test('entries that other processes write come, change and go', async () => {
  const server = await served({ pace: QUICK });
  const events = await listen(server);
  const directory = await createRunDirectory({ path: join(server.folder, 'new') }, start);
  const entry = await events.saw('entry', ({ id }) => id === 'new');
  expect(entry).toMatchObject({ status: 'running', loss: null });
  await directory.updateRun({ loss: 1.5 });
  await events.saw('entry', ({ id, loss }) => id === 'new' && loss === 1.5);
  await directory.updateRun({ status: 'finished' });
  await directory.close();
  await events.saw('entry', ({ id, status }) => id === 'new' && status === 'finished');
  await rm(join(server.folder, 'new'), { recursive: true });
  await events.saw('removed', ({ id }) => id === 'new');
});

test('a run whose process dies is told as interrupted', async () => {
  const server = await served({ pace: QUICK });
  const events = await listen(server);
  const directory = await createRunDirectory({ path: join(server.folder, 'killed') }, start);
  await events.saw('entry', ({ status }) => status === 'running');
  // The lock goes as it does with its process; the record stays as it is.
  await directory.close();
  await events.saw('entry', ({ id, status }) => id === 'killed' && status === 'interrupted');
});

test('lines of a training come as they are added, and all anew when it goes on from an earlier step', async () => {
  const server = await served({ pace: QUICK });
  const events = await listen(server);
  const path = join(server.folder, 'training');
  const directory = await createRunDirectory({ path }, { ...start, kind: 'training' });
  const line = { loss: 2, gradientNorm: 1, learningRate: 0.1, elapsedMs: 5 };
  for (const step of [1, 2, 3]) await directory.appendMetrics({ step, ...line });
  const steps = ({ lines }: EventData<'metrics'>) => lines.map(({ step }) => step);
  await events.saw('metrics', (added) => added.entry === 'training' && steps(added).includes(3));
  await directory.appendMetrics({ step: 4, ...line, validationLoss: 1.75, validationAccuracy: null });
  const added = await events.saw('metrics', (event) => steps(event).includes(4));
  expect(added).toMatchObject({
    isWhole: false,
    lines: [{ step: 4, validationLoss: 1.75, validationAccuracy: null }],
  });
  await directory.rewriteMetrics([`${JSON.stringify({ step: 1, ...line })}\n`]);
  const anew = await events.saw('metrics', ({ isWhole }) => isWhole);
  expect(steps(anew)).toEqual([1]);
  // The last line is told though the training has ended by then.
  await directory.appendMetrics({ step: 9, ...line });
  await directory.updateRun({ status: 'finished' });
  await directory.close();
  await events.saw('metrics', (event) => steps(event).includes(9));
  await (await openRunDirectory(path)).close();
});

test('jobs tell of themselves from the queue to the end, and the machine of its load', async () => {
  const server = await served({ pace: QUICK });
  const events = await listen(server);
  await server.post('/api/jobs', { kind: 'spectrum', input: MLP });
  await events.saw('job', ({ state }) => state === 'queued');
  await events.saw('job', ({ progress }) => (progress?.share ?? 0) > 0);
  const finished = await events.saw('job', ({ state }) => state === 'finished');
  await events.saw('entry', ({ id, status }) => id === finished.entry && status === 'finished');
  const machine = await events.saw('machine', ({ load }) => load > 0);
  expect(machine.load).toBeLessThanOrEqual(1);
  expect(machine.freeBytes).toBeLessThan(machine.totalBytes);
});

test('a request without content gets no stream that nobody reads', async () => {
  expect((await (await served()).send('/api/events', { method: 'HEAD' })).status).toBe(404);
});

test('every event has its schema', () => {
  expect(Object.keys(eventSchemas).sort()).toEqual([...EVENT_NAMES].sort());
});

test('a client that does not read is cut off before much waits for it, and others go on', async () => {
  const hub = new EventHub();
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    response.writeHead(200);
    responses.push(response);
    hub.add(response);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = () =>
    new Promise<IncomingMessage>((resolve) => get({ host: '127.0.0.1', port, agent: false }, resolve));
  const slow = await open();
  slow.on('error', () => undefined);
  const quick = await open();
  let received = 0;
  quick.on('data', (data: Buffer) => {
    received += data.length;
  });
  const [slowResponse, quickResponse] = responses as [ServerResponse, ServerResponse];
  let most = 0;
  for (let sent = 0; !slowResponse.destroyed; sent++) {
    if (sent > 5000) throw new Error('expected the slow client to be cut off');
    hub.send('removed', { id: 'x'.repeat(20_000) });
    most = Math.max(most, slowResponse.writableLength);
    await new Promise(setImmediate);
  }
  expect(most).toBeLessThan(1.1 * 2 ** 20);
  expect(quickResponse.destroyed).toBe(false);
  hub.send('removed', { id: 'last' });
  while (received < 100_000) await once(quick, 'data');
  hub.close();
});

test('sources work only while somebody listens', async () => {
  const hub = new EventHub();
  const calls: string[] = [];
  hub.feedFrom({ start: () => calls.push('start'), stop: () => calls.push('stop') });
  const server = createServer((_request, response) => hub.add(response.writeHead(200))).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async () => {
    const response = await new Promise<IncomingMessage>((resolve) =>
      get({ host: '127.0.0.1', port, agent: false }, resolve),
    );
    response.on('error', () => undefined);
    response.resume();
    return response;
  };
  expect(calls).toEqual([]);
  const [first, second] = [await open(), await open()];
  expect(calls).toEqual(['start']);
  first.destroy();
  second.destroy();
  while (calls.length < 2) await sleep(10);
  expect(calls).toEqual(['start', 'stop']);
});

test('calls that come too often are joined to the last one', async () => {
  let value = 0;
  const seen: number[] = [];
  const tell = throttled(50, () => seen.push(value));
  for (value = 1; value <= 10; value++) tell.call();
  value = 10;
  expect(seen).toEqual([1]);
  await sleep(120);
  expect(seen).toEqual([1, 10]);
  await sleep(60);
  value = 11;
  tell.call();
  value = 12;
  tell.call();
  tell.flush();
  expect(seen).toEqual([1, 10, 11, 12]);
});

test('a run that was there before is no news', async () => {
  const folder = await temporaryFolder();
  await finishedRun({ path: join(folder, 'old') });
  const server = await served({ folder, pace: QUICK });
  await server.send('/api/entries');
  const events = await listen(server);
  await finishedRun({ path: join(folder, 'young') });
  await events.saw('entry', ({ id }) => id === 'young');
  const old = await Promise.race([
    events.saw('entry', ({ id }) => id === 'old'),
    sleep(100).then(() => null),
  ]);
  expect(old).toBeNull();
});
