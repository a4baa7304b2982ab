/** Routes of work: what a form needs, forecasts, jobs. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ServerContext } from '../context.ts';
import {
  forecastSchema,
  formSchema,
  jobInputSchema,
  jobListSchema,
  jobSchema,
  spectrumInputSchema,
} from '../contract/jobs.ts';
import { describeForm } from '../jobs/form.ts';
import { newWork, resumedWork } from '../jobs/work.ts';
import { entryParams } from './entry-routes.ts';

export const jobRoutes: FastifyPluginAsyncZod<{ context: ServerContext }> = async (app, { context }) => {
  const { catalogue, forecaster, jobs } = context;

  app.get(
    '/form',
    { schema: { summary: 'What new work can be chosen from', response: { 200: formSchema } } },
    describeForm,
  );

  app.post(
    '/forecast',
    {
      schema: {
        summary: 'What a measurement would take, by timing one product of it',
        body: spectrumInputSchema,
        response: { 200: forecastSchema },
      },
    },
    ({ body }, reply) =>
      forecaster.foresee(body, (listener) => {
        // A response that closes before it was written has lost its reader.
        reply.raw.on('close', () => !reply.raw.writableEnded && listener());
      }),
  );

  app.get(
    '/jobs',
    { schema: { summary: 'Work of this server, newest first', response: { 200: jobListSchema } } },
    () => ({
      jobs: jobs.list(),
    }),
  );

  app.post(
    '/jobs',
    {
      schema: {
        summary: 'Begins a measurement or a training, after those that wait',
        body: jobInputSchema,
        response: { 201: jobSchema },
      },
    },
    async ({ body }, reply) => reply.code(201).send(jobs.add(newWork(body, catalogue.folder))),
  );

  app.post(
    '/jobs/:id/stop',
    {
      schema: {
        summary: 'Lets a job save everything and end; the second time it ends at once',
        params: z.object({ id: z.string() }),
        response: { 200: jobSchema },
      },
    },
    async ({ params: { id } }) => jobs.stop(id),
  );

  app.post(
    '/entries/:id/resume',
    {
      schema: {
        summary: 'Goes on with a run that was stopped or killed',
        params: entryParams,
        response: { 201: jobSchema },
      },
    },
    async ({ params: { id } }, reply) =>
      reply.code(201).send(jobs.add(await resumedWork(await catalogue.find(id)))),
  );
};
