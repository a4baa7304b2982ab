/** The playground of quadratic problems. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { quadraticAnswerSchema, quadraticInputSchema } from '../contract/playground.ts';
import { descendOnce } from '../playground.ts';

export const playgroundRoutes: FastifyPluginAsyncZod = async (app) => {
  /** One problem after the other, so that several do not take each other's time. */
  let last: Promise<unknown> = Promise.resolve();

  app.post(
    '/quadratic',
    {
      schema: {
        summary: 'Descends on a quadratic problem by GD and Adam',
        body: quadraticInputSchema,
        response: { 200: quadraticAnswerSchema },
      },
    },
    ({ body: { blocks, seed } }) => {
      const answer = last.then(() => descendOnce(blocks, seed));
      last = answer.catch(() => undefined);
      return answer;
    },
  );
};
