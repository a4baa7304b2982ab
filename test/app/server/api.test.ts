import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { quadraticAnswerSchema } from '../../../src/app/server/contract/playground.ts';
import { type Served, served } from './served.ts';

test('the API is described by OpenAPI, every route with what it takes and answers', async () => {
  const server = await served();
  const operation = z.looseObject({ summary: z.string(), responses: z.record(z.string(), z.unknown()) });
  const document = await server.read(
    '/api/openapi.json',
    z.object({
      openapi: z.string(),
      paths: z.record(z.string(), z.record(z.string(), operation)),
    }),
  );
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.sort()).toEqual([
    'delete /api/entries/{id}',
    'get /api/entries',
    'get /api/entries/{id}',
    'get /api/entries/{id}/advice',
    'get /api/entries/{id}/distances/{definition}',
    'get /api/entries/{id}/files/{*}',
    'get /api/entries/{id}/spectra',
    'get /api/events',
    'get /api/form',
    'get /api/jobs',
    'post /api/entries/{id}/resume',
    'post /api/forecast',
    'post /api/jobs',
    'post /api/jobs/{id}/stop',
    'post /api/quadratic',
    'put /api/entries/{id}/tags',
  ]);
  const put = JSON.stringify(document.paths['/api/entries/{id}/tags']?.put);
  expect(put).toContain('"tags"');
  expect(put).toContain('"maxItems":20');
});

describe('the playground', () => {
  const descend = async (server: Served, blocks: readonly (readonly number[])[]) => {
    const answer = await server.post('/api/quadratic', { blocks, seed: 3 });
    expect(answer.status).toBe(200);
    const { methods, ...rest } = quadraticAnswerSchema.parse(answer.json());
    return { ...rest, methods: Object.fromEntries(methods.map((method) => [method.name, method])) };
  };

  test('takes one step by GD where all eigenvalues are equal, and one by block where they are within blocks', async () => {
    const server = await served();
    const alike = await descend(server, [
      [3, 3],
      [3, 3],
    ]);
    expect(alike).toMatchObject({ dim: 4, conditionNumber: expect.closeTo(1, 12) });
    expect(alike.methods.gd?.stepsToTarget).toBe(1);
    const apart = await descend(server, [
      [1, 1],
      [400, 400],
    ]);
    expect(apart.methods['gd-by-block']?.stepsToTarget).toBe(1);
    expect(apart.methods.gd?.stepsToTarget).toBeGreaterThan(100);
  });

  test('follows GD at the rate of its theory: the error falls by (k - 1) / (k + 1) a step at most', async () => {
    const { methods } = await descend(await served(), [[1, 9]]);
    // 2 / (1 + 9) multiplies both coordinates by -0.8 or 0.8, so the loss falls by 0.64 a step exactly.
    const curve = methods.gd?.curve.slice(0, 20) ?? [];
    for (const { step, loss } of curve) expect(loss).toBeCloseTo(0.64 ** step, 10);
    expect(methods.gd?.stepsToTarget).toBe(Math.ceil(Math.log(1e-6) / Math.log(0.64)));
  });

  test.each([[[]], [[[]]], [[[0]]], [[[-1]]], [[['1']]], [[[1e13]]]])('refuses %j', async (blocks) => {
    const server = await served();
    const answer = await server.post('/api/quadratic', { blocks });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ error: expect.stringContaining('blocks') });
  });
});
