/** Pictures, reports and tables of entries, as they lie in their folders. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { ServerContext } from '../context.ts';
import { fileInFolder } from '../entries/discover.ts';
import { PICTURE_POLICY, REPORT_POLICY, SCRIPTLESS_POLICY } from '../security/headers.ts';
import { entryParams } from './entry-routes.ts';

interface FileKind {
  readonly type: string;
  readonly policy: string;
}

const picture = (type: string): FileKind => ({ type, policy: PICTURE_POLICY });

/** What is served, by the ending of its name; all else stays where it is. */
const KINDS: Readonly<Record<string, FileKind>> = {
  '.svg': picture('image/svg+xml'),
  '.png': picture('image/png'),
  '.html': { type: 'text/html; charset=utf-8', policy: SCRIPTLESS_POLICY },
  '.json': picture('application/json; charset=utf-8'),
  '.csv': picture('text/csv; charset=utf-8'),
};

/** The one page that brings a script, which sorts its tables. */
const REPORT = /(^|\/)report\.html$/;

export const fileRoutes: FastifyPluginAsyncZod<{ context: ServerContext }> = async (app, { context }) => {
  app.get(
    '/entries/:id/files/*',
    {
      schema: {
        summary: 'A picture, report or table of an entry',
        params: entryParams.extend({
          '*': z.string().min(1).describe('its path below the folder of the entry'),
        }),
      },
    },
    async ({ params }, reply) => {
      const { folder } = await context.catalogue.find(params.id);
      const path = params['*'];
      const kind = KINDS[extname(path).toLowerCase()];
      if (!kind)
        throw new ApiError(
          403,
          `Files ending in ${Object.keys(KINDS).join(', ')} are served, not '${path}'.`,
        );
      const place = await fileInFolder(folder.path, path);
      const stats = place === null ? null : await stat(place).catch(() => null);
      if (place === null || !stats?.isFile())
        throw new ApiError(404, `There is no file '${path}' in the folder of '${params.id}'.`);
      reply.headers({
        'content-type': kind.type,
        'content-length': stats.size,
        'content-security-policy': REPORT.test(path) ? REPORT_POLICY : kind.policy,
        'last-modified': stats.mtime.toUTCString(),
        'cache-control': 'no-cache',
      });
      return reply.send(createReadStream(place));
    },
  );
};
