/** The stream of events. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { ApiError } from '../api-error.ts';
import type { ServerContext } from '../context.ts';
import { EVENT_NAMES } from '../contract/events.ts';

export const eventRoutes: FastifyPluginAsyncZod<{ context: ServerContext }> = async (app, { context }) => {
  app.get(
    '/events',
    {
      // An answer without content would be open for ever and say nothing.
      exposeHeadRoute: false,
      schema: {
        summary: `Server-sent events: ${EVENT_NAMES.join(', ')}`,
        produces: ['text/event-stream'],
      },
    },
    async (_request, reply) => {
      if (!context.events.hasRoom)
        throw new ApiError(503, 'Too many pages are open already; close some of them.');
      reply.hijack();
      const headers = {
        ...reply.getHeaders(),
        'content-type': 'text/event-stream',
        'x-accel-buffering': 'no',
      };
      reply.raw.writeHead(200, headers as Record<string, string>);
      context.events.add(reply.raw);
    },
  );
};
