import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunDirectory } from '../../../src/app/runs/directory.ts';
import { writeExactFile } from '../../../src/app/runs/exact-file.ts';
import { formatJson } from '../../../src/app/runs/json.ts';
import { writeLanczosFile } from '../../../src/app/runs/lanczos-file.ts';
import type { RunRecord } from '../../../src/app/runs/records.ts';
import {
  adviceSchema,
  distanceMatrixSchema,
  recordDetailSchema,
  spectrumDetailSchema,
  spectrumNodesSchema,
  trainingDetailSchema,
} from '../../../src/app/server/contract/entries.ts';
import { clusterOrder } from '../../../src/app/server/details/cluster-order.ts';
import { zeroBlockRun } from '../report/synthetic-records.ts';
import { coefficients, finishedRun, identity, start, temporaryFolder } from '../runs/small-run.ts';
import { entryPath, served } from './served.ts';

/** Writes the records of a run as they stand in its files. */
async function writeRun(folder: string, { run, blocks, spectra, distances }: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  const records = { run, blocks: { version: 1, blocks }, spectra, distances };
  for (const [name, record] of Object.entries(records))
    await writeFile(join(folder, `${name}.json`), formatJson(record));
}

async function servedRun(): Promise<Awaited<ReturnType<typeof served>>> {
  const folder = await temporaryFolder();
  await finishedRun({ path: join(folder, 'one') });
  return served({ folder });
}

describe('a measurement', () => {
  test('is told with its blocks in the order of the model and what their spectra are summed up by', async () => {
    const server = await servedRun();
    const detail = await server.read(entryPath('one'), spectrumDetailSchema);
    expect(detail.asked).toEqual({ probes: 1, steps: 2 });
    expect(detail.blocks.map(({ name, shortName, layer }) => [name, shortName, layer])).toEqual([
      ['layer.1.weight', 'layer.1', 1],
      ['layer.2.weight', 'layer.2', 2],
    ]);
    // Of the nodes 1 and 3 with weights 1/2 in four dimensions (small-run.ts).
    expect(detail.blocks[0]).toMatchObject({
      isSelected: true,
      isMeasured: true,
      isZero: false,
      method: 'lanczos',
      probeSteps: [2],
      largest: { mean: 3, standardError: null },
      trace: { mean: 8, standardError: null },
      negativeMass: { mean: 0, standardError: null },
      meanDistance: 0.25,
    });
    expect(detail.full).toBeNull();
    expect(detail.headline).toBe('jsd');
    expect(detail.definitions).toMatchObject([{ definition: 'jsd', unit: 'nats', js0: { mean: 0.25 } }]);
    expect(detail.facts).toContainEqual({ label: 'Data', text: 'two moons (4 examples)' });
    expect(detail.hasAdvice).toBe(false);
  });

  test('gives nodes and weights of the blocks that are named, in that order, or of all', async () => {
    const server = await servedRun();
    const path = entryPath('one', '/spectra');
    const all = await server.read(path, spectrumNodesSchema.array());
    const probes = [{ nodes: [1, 3], weights: [0.5, 0.5] }];
    expect(all).toEqual([
      { name: 'layer.1.weight', method: 'lanczos', normaliser: 3, probes },
      { name: 'layer.2.weight', method: 'lanczos', normaliser: 3, probes },
    ]);
    const some = await server.read(
      `${path}?blocks=layer.2.weight,layer.1.weight`,
      spectrumNodesSchema.array(),
    );
    expect(some.map(({ name }) => name)).toEqual(['layer.2.weight', 'layer.1.weight']);
    const answer = await server.send(`${path}?blocks=layer.3.weight`);
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({
      error: "The run has no spectrum of 'layer.3.weight', which is no block of its model.",
    });
  });

  test('gives the distances by each definition, and says which there are', async () => {
    const server = await servedRun();
    const distances = await server.read(entryPath('one', '/distances/jsd'), distanceMatrixSchema);
    expect(distances.matrix).toEqual([
      [0, 0.25],
      [0.25, 0],
    ]);
    expect(distances.clusterOrder.toSorted()).toEqual([0, 1]);
    const answer = await server.send(entryPath('one', '/distances/wasserstein-1'));
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({
      error: "The run has no distances by 'wasserstein-1'; it has jsd.",
    });
  });

  test('under way has the spectra of what its probes have so far', async () => {
    const folder = await temporaryFolder();
    const directory = await createRunDirectory(
      { path: join(folder, 'live') },
      { ...start, request: { ...start.request, probes: 2, steps: 5 } },
    );
    await writeLanczosFile(directory, { ...identity, steps: 5, ...coefficients, finished: null });
    await writeExactFile(directory, { block: 'layer.2.weight', dim: 4, precision: 'float64' }, [-1, 0, 0, 5]);
    const server = await served({ folder });
    const detail = await server.read(entryPath('live'), spectrumDetailSchema);
    // T = [[2, 1], [1, 2]] has the eigenvalues 1 and 3, each with the weight 1/2.
    expect(detail.blocks[0]).toMatchObject({ isMeasured: false, method: 'lanczos', probeSteps: [2] });
    expect(detail.blocks[0]?.largest?.mean).toBeCloseTo(3, 12);
    expect(detail.blocks[0]?.trace?.mean).toBeCloseTo(8, 12);
    expect(detail.blocks[1]).toMatchObject({ isMeasured: true, method: 'exact', probeSteps: [] });
    expect(detail.blocks[1]?.negativeMass?.mean).toBe(0.25);
    const nodesOf = async () =>
      (
        await server.read(entryPath('live', '/spectra?blocks=layer.1.weight'), spectrumNodesSchema.array())
      )[0];
    const [first] = (await nodesOf())!.probes;
    expect(first?.nodes[0]).toBeCloseTo(1, 12);
    expect(first?.weights[0]).toBeCloseTo(0.5, 12);
    // One step more, and a second probe: [[2, 1, 0], [1, 2, 1], [0, 1, 2]] has the eigenvalues 2 and 2 ± sqrt 2.
    const grown = { ...identity, steps: 5, alphas: [2, 2, 2], betas: [1, 1, 0.1], finished: null };
    await writeLanczosFile(directory, grown);
    await writeLanczosFile(directory, { ...grown, probe: 1 });
    const later = await nodesOf();
    expect(later?.probes).toHaveLength(2);
    expect(later?.probes[0]?.nodes.at(-1)).toBeCloseTo(2 + Math.SQRT2, 12);
    await directory.close();
  });

  test('leaves zero blocks out of the clustering and of mean distances', async () => {
    const folder = await temporaryFolder();
    const record = zeroBlockRun();
    await writeRun(join(folder, 'zero'), record);
    const server = await served({ folder });
    const detail = await server.read(entryPath('zero'), spectrumDetailSchema);
    const zero = detail.blocks.filter(({ isZero }) => isZero).map(({ name }) => name);
    expect(zero).toEqual(record.distances?.zeroBlocks.names);
    expect(detail.blocks.filter(({ meanDistance }) => meanDistance === null).map(({ name }) => name)).toEqual(
      zero,
    );
    expect(detail.headline).toBe('jsd-log');
    const distances = await server.read(entryPath('zero', '/distances/jsd-log'), distanceMatrixSchema);
    const last = distances.clusterOrder.slice(-zero.length).map((position) => distances.blocks[position]);
    expect(last).toEqual(zero);
    expect(distances.clusterOrder.toSorted((a, b) => a - b)).toEqual(
      distances.blocks.map((_, index) => index),
    );
  });

  test('gives the advice that was written, else makes it, and says why there is none', async () => {
    const folder = await temporaryFolder();
    await writeRun(join(folder, 'zero'), zeroBlockRun());
    await finishedRun({ path: join(folder, 'two-blocks') });
    await finishedRun({ path: join(folder, 'advised') });
    await writeFile(join(folder, 'advised/advice.json'), '{ "verdict": "as written" }');
    const server = await served({ folder });
    const made = await server.read(entryPath('zero', '/advice'), adviceSchema);
    expect(made).toMatchObject({ model: { name: 'gpt-pico' }, js0: { standardError: expect.any(Number) } });
    expect(made.factors).not.toHaveProperty('transformer.h.0.attn.key.bias');
    const written = await server.read(entryPath('advised', '/advice'), adviceSchema);
    expect(written).toEqual({ verdict: 'as written' });
    const none = await server.send(entryPath('two-blocks', '/advice'));
    expect(none.status).toBe(409);
    expect(none.text).toContain('measure at least three blocks');
  });

  test('whose spectra are damaged is refused with the reason, and is read once it is mended', async () => {
    const folder = await temporaryFolder();
    const record = zeroBlockRun();
    await writeRun(join(folder, 'run'), record);
    await writeFile(join(folder, 'run/spectra.json'), '{}');
    const server = await served({ folder });
    const answer = await server.send(entryPath('run'));
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('spectra.json does not hold what a hesscope run does');
    await writeFile(join(folder, 'run/spectra.json'), formatJson(record.spectra));
    await server.read(entryPath('run'), spectrumDetailSchema);
    expect(server.bugs).toEqual([]);
  });
});

test('a training is told with all its steps, and nothing but measurements has spectra', async () => {
  const folder = await temporaryFolder();
  const directory = await createRunDirectory(
    { path: join(folder, 'training') },
    { ...start, kind: 'training', request: { model: 'mlp', optimizer: 'sgd', learningRate: 0.1, steps: 9 } },
  );
  const step = { step: 1, loss: 2.5, gradientNorm: 1, learningRate: 0.1, elapsedMs: 7 };
  await directory.appendMetrics(step);
  await directory.appendMetrics({ ...step, step: 2, loss: 2, validationLoss: 2.25, validationAccuracy: 0.5 });
  await directory.updateRun({ initial: { validationLoss: 2.75, validationAccuracy: null } });
  await directory.close();
  const server = await served({ folder });
  const detail = await server.read(entryPath('training'), trainingDetailSchema);
  expect(detail.summary.title).toBe('mlp by sgd, learning rate 0.1');
  expect(detail.steps).toBe(9);
  expect(detail.initialValidationLoss).toBe(2.75);
  expect(detail.metrics).toEqual({
    step: [1, 2],
    loss: [2.5, 2],
    gradientNorm: [1, 1],
    learningRate: [0.1, 0.1],
    elapsedMs: [7, 7],
    validationLoss: [null, 2.25],
    validationAccuracy: [null, 0.5],
  });
  expect(detail.facts).toContainEqual({ label: 'Optimizer', text: 'sgd' });
  expect((await server.send(entryPath('training', '/spectra'))).status).toBe(404);
});

test('other records are passed on as they were written, with the pictures beside them', async () => {
  const folder = await temporaryFolder();
  const record = { model: 'gpt-pico', data: 'text', parameterCount: 9, loss: 4, ratios: [[1, null]] };
  await mkdir(join(folder, 'coupling'));
  await writeFile(join(folder, 'coupling/coupling.json'), JSON.stringify(record));
  for (const file of ['coupling.svg', 'coupling.png', 'alone.svg'])
    await writeFile(join(folder, 'coupling', file), '');
  const detail = await (await served({ folder })).read(entryPath('coupling'), recordDetailSchema);
  expect(detail.record).toEqual(record);
  expect(detail.pictures).toEqual(['coupling']);
});

test('a reproduction is told with the records of all its figures, in the order of the paper', async () => {
  const folder = await temporaryFolder();
  for (const name of ['table1', 'fig10', 'fig2']) {
    await mkdir(join(folder, 'all', name), { recursive: true });
    await writeFile(join(folder, 'all', name, 'reproduction.json'), JSON.stringify({ name, size: 'quick' }));
    for (const ending of ['svg', 'png']) await writeFile(join(folder, 'all', name, `1-map.${ending}`), '');
  }
  await writeFile(join(folder, 'all/reproduction.html'), '');
  const detail = await (await served({ folder })).read(entryPath('all'), recordDetailSchema);
  expect(detail.record).toEqual({
    records: ['fig2', 'fig10', 'table1'].map((name) => ({ name, size: 'quick' })),
  });
  expect(detail.pictures).toEqual(['fig2/1-map', 'fig10/1-map', 'table1/1-map']);
});

test('blocks with like spectra stand together in the order of the clustering', () => {
  // Two tight groups, dealt alternately, and a block without distances.
  const group = [0, 1, 0, 1, null, 0];
  const matrix = group.map((a, i) =>
    group.map((b, j) =>
      a === null || b === null ? null : i === j ? 0 : a === b ? 0.1 + i / 100 + j / 100 : 5,
    ),
  );
  const order = clusterOrder(matrix);
  expect(order.map((position) => group[position])).toSatisfy((groups: (number | null)[]) =>
    ['0,0,0,1,1,', '1,1,0,0,0,'].includes(groups.join(',')),
  );
  expect(clusterOrder([[0]])).toEqual([0]);
  expect(clusterOrder([])).toEqual([]);
});
