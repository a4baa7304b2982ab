/** Routes of entries: the list, what each holds, tags, deletion. */
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ADVICE_FILE } from '../../runs/layout.ts';
import { writeTags } from '../../runs/tags.ts';
import { ApiError } from '../api-error.ts';
import { readingEntry, type ServerContext } from '../context.ts';
import {
  adviceSchema,
  distanceMatrixSchema,
  type EntryDetail,
  entryDetailSchema,
  entryListSchema,
  entrySummarySchema,
  removalSchema,
  spectrumNodesSchema,
  tagsInputSchema,
} from '../contract/entries.ts';
import { adviceOfEntry } from '../details/advice-of-entry.ts';
import type { LoadedRun } from '../details/known-spectra.ts';
import { recordDetail } from '../details/record-detail.ts';
import { distanceMatrix, spectrumDetail, spectrumNodes } from '../details/spectrum-detail.ts';
import { trainingDetail } from '../details/training-detail.ts';
import type { Entry } from '../entries/catalogue.ts';
import { removeEntry } from '../entries/removal.ts';

/** The address of an entry, percent-encoded as one part of the path. */
export const entryParams = z.object({ id: z.string().min(1) });

export const entryRoutes: FastifyPluginAsyncZod<{ context: ServerContext }> = async (app, { context }) => {
  const { catalogue, runs } = context;

  app.get(
    '/entries',
    { schema: { summary: 'All entries, newest first', response: { 200: entryListSchema } } },
    async (_request, reply) => sendLarge(reply, await catalogue.list()),
  );

  app.get(
    '/entries/:id',
    {
      schema: {
        summary: 'What an entry holds',
        params: entryParams,
        response: { 200: entryDetailSchema },
      },
    },
    async ({ params: { id } }, reply) => {
      const entry = await catalogue.find(id);
      return sendLarge(reply, await readingEntry(id, () => detailOf(context, entry)));
    },
  );

  app.get(
    '/entries/:id/spectra',
    {
      schema: {
        summary: 'Nodes and weights of blocks, of those that are named or of all',
        params: entryParams,
        querystring: z.object({
          blocks: z.string().optional().describe('names with commas between them; full is the whole matrix'),
        }),
        response: { 200: z.array(spectrumNodesSchema) },
      },
    },
    async ({ params: { id }, query: { blocks } }, reply) => {
      const run = await loadSpectra(context, id);
      return sendLarge(reply, spectrumNodes(run, blocks === undefined ? null : blocks.split(',')));
    },
  );

  app.get(
    '/entries/:id/distances/:definition',
    {
      schema: {
        summary: 'All distances between blocks by one definition',
        params: entryParams.extend({ definition: z.string().min(1) }),
        response: { 200: distanceMatrixSchema },
      },
    },
    async ({ params: { id, definition } }, reply) =>
      sendLarge(reply, distanceMatrix(await loadSpectra(context, id), definition)),
  );

  app.get(
    '/entries/:id/advice',
    {
      schema: {
        summary: 'What hesscope advise says of a run',
        params: entryParams,
        response: { 200: adviceSchema },
      },
    },
    async ({ params: { id } }) => {
      const entry = await catalogue.find(id);
      return readingEntry(id, () => adviceOfEntry(entry, () => runs.load(entry.folder)));
    },
  );

  app.put(
    '/entries/:id/tags',
    {
      schema: {
        summary: 'Puts tags on an entry in place of those that it had',
        params: entryParams,
        body: tagsInputSchema,
        response: { 200: entrySummarySchema },
      },
    },
    async ({ params: { id }, body: { tags } }) => {
      const { folder } = await catalogue.find(id);
      await writeTags(folder.path, tags);
      return (await catalogue.find(id)).summary;
    },
  );

  app.delete(
    '/entries/:id',
    {
      schema: {
        summary: 'Deletes the folder of an entry and all that is below it',
        params: entryParams,
        headers: z.object({
          'x-confirm': z.string().optional().describe('the address once more, percent-encoded'),
        }),
        response: { 200: removalSchema },
      },
    },
    async ({ params: { id }, headers }) => {
      if (decodeConfirmation(headers['x-confirm']) !== id)
        throw new ApiError(403, `To delete '${id}', send its address in the header x-confirm too.`);
      return { removed: await removeEntry(catalogue, await catalogue.find(id)) };
    },
  );
};

async function detailOf({ runs }: ServerContext, entry: Entry): Promise<EntryDetail> {
  const { kind } = entry.summary;
  if (kind === 'spectrum') {
    const hasAdvice = entry.folder.names.includes(ADVICE_FILE);
    return spectrumDetail(entry.summary, await runs.load(entry.folder), hasAdvice);
  }
  return kind === 'training' ? trainingDetail(entry) : recordDetail(entry);
}

/** @throws ApiError when an entry is no measurement of spectra, or cannot be read. */
async function loadSpectra({ catalogue, runs }: ServerContext, id: string): Promise<LoadedRun> {
  const { folder, summary } = await catalogue.find(id);
  if (summary.kind !== 'spectrum')
    throw new ApiError(
      404,
      `'${id}' is of the kind ${summary.kind}: only measurements have spectra of blocks.`,
    );
  return readingEntry(id, () => runs.load(folder));
}

/** Headers hold ASCII alone, so an address may be percent-encoded in one. */
function decodeConfirmation(header: string | undefined): string | null {
  try {
    return header === undefined ? null : decodeURIComponent(header);
  } catch {
    return null;
  }
}

/** Megabytes that were checked when they were read are not checked again on their way out. */
function sendLarge<Body>(reply: FastifyReply, body: Body): Body {
  reply.serializer((payload) => JSON.stringify(payload));
  return body;
}
