/** The page itself: built files under their own names, and one document for all of its addresses. */
import { access as reach } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ApiError } from '../api-error.ts';

/** Built files have the hash of their content in their name: what has been loaded once is never loaded again. */
const FOR_EVER = 'public, max-age=31536000, immutable';

const NOT_BUILT =
  'The page of the dashboard has not been built. In a clone, run: npm run build. The API answers at /api/openapi.json.\n';

/** Where the build leaves the page: beside the compiled sources. */
export function builtPageFolder(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(
    new URL(isSource ? '../../../../dist/web/dashboard' : '../../../web/dashboard', import.meta.url),
  );
}

/** @param folder of the built page. */
export async function pageRoutes(
  app: FastifyInstance,
  { folder }: { readonly folder: string },
): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false });

  app.get('/assets/*', { schema: { hide: true } }, async (request, reply) => {
    const { '*': path } = request.params as { '*': string };
    return reply.header('cache-control', FOR_EVER).sendFile(`assets/${path}`, { cacheControl: false });
  });

  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] as string;
    const isAddress = request.method === 'GET' && !/^\/(api|assets)(\/|$)/.test(path);
    if (isAddress) return sendPage(reply, folder);
    throw new ApiError(404, `There is nothing at ${request.method} ${path}.`);
  });
}

async function sendPage(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const isBuilt = await reach(`${folder}/index.html`).then(
    () => true,
    () => false,
  );
  if (!isBuilt) return reply.code(404).type('text/plain; charset=utf-8').send(NOT_BUILT);
  return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
}
