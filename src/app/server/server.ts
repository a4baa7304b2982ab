/** The dashboard's server: its routes under one guard, listening. */
import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { UserError } from '../../errors.ts';
import { refuseDepth } from '../../json-text.ts';
import { errorCode, messageOf } from '../runs/failures.ts';
import { packageVersion } from '../worker/environment.ts';
import { answerErrors } from './answers.ts';
import { openContext, type ServerContext } from './context.ts';
import type { WatchPace } from './entries/watcher.ts';
import { entryRoutes } from './routes/entry-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { fileRoutes } from './routes/file-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { loginRoutes } from './routes/login-routes.ts';
import { builtPageFolder, pageRoutes } from './routes/page-routes.ts';
import { playgroundRoutes } from './routes/playground-routes.ts';
import { openRunsFolder } from './runs-folder.ts';
import { Access } from './security/access.ts';
import { guard } from './security/guard.ts';
import { allowedNames, inUrl, isLoopback } from './security/hosts.ts';

const LARGEST_BODY_BYTES = 2 ** 20;
/** All headers of a request with its address. */
const LARGEST_HEADER_BYTES = 16 * 2 ** 10;
/** Of an entry, percent-encoded. */
const LONGEST_ADDRESS = 4096;
const REQUEST_TIMEOUT_MS = 60_000;
/** Ports that are tried after one that is taken. */
const NEXT_PORTS = 50;

export interface DashboardOptions {
  /** The runs folder. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Whether the next ports are tried where this one is taken. */
  readonly mayMove: boolean;
  /** Null where everybody who reaches the server may come in. */
  readonly token: string | null;
  /** Names by which the server may be called, besides those of its host. */
  readonly allowHosts?: readonly string[];
  /** The built page; that of this package unless given. */
  readonly pageFolder?: string;
  /** How often the folder is looked at while a page is open; {@link WATCH_PACE} unless given. */
  readonly pace?: WatchPace;
  /** Told of errors that are nobody's mistake. */
  readonly onBug: (error: unknown) => void;
}

/** A server that listens. */
export interface Dashboard {
  /** Where a browser finds it. */
  readonly url: string;
  readonly port: number;
  /** The folder that is served, absolute. */
  readonly path: string;
  /** Whether a job is under way or waits. */
  readonly isBusy: boolean;
  /** Lets all jobs save and end; called again, it ends them at once. */
  stopJobs(): void;
  /** Waits for the jobs, and ends. */
  close(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @throws UserError for a folder that cannot be served, a host or port that cannot be had, or a host that others reach
 *   without a token.
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { host, token } = options;
  if (token === null && !isLoopback(host))
    throw new UserError(`Others reach a server on '${host}': expected a token, found none.`);
  const folder = await openRunsFolder(options.folder);
  const context = openContext(folder, options.onBug, options.pace);
  const { app, port } = await listen(options, context);
  return {
    url: `http://${inUrl(isEverywhere(host) ? 'localhost' : host)}:${port}/`,
    port,
    path: folder.path,
    get isBusy() {
      return context.jobs.isBusy;
    },
    stopJobs: () => {
      context.forecaster.stop();
      context.jobs.stopAll();
    },
    close: async () => {
      await context.jobs.settled();
      context.events.close();
      await app.close();
    },
  };
}

const isEverywhere = (host: string) => host === '0.0.0.0' || host === '::';

/** A Fastify that has failed to listen cannot try again, so each port gets its own. */
async function listen(
  options: DashboardOptions,
  context: ServerContext,
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const { host, port: wanted, mayMove } = options;
  for (let port = wanted; ; port++) {
    const app = await assemble(options, port, context);
    try {
      await app.listen({ host, port });
      const address = app.server.address();
      return { app, port: typeof address === 'object' && address !== null ? address.port : port };
    } catch (error) {
      await app.close();
      const isTaken = errorCode(error) === 'EADDRINUSE' && mayMove && port > 0;
      if (!isTaken || port === wanted + NEXT_PORTS) throw explainListening(error, host, port);
    }
  }
}

function explainListening(error: unknown, host: string, port: number): unknown {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is taken; choose another by --port, or leave it out`,
    EACCES: `port ${port} is for the system's own services; choose one above 1023`,
    EADDRNOTAVAIL: `'${host}' is no address of this machine; choose one that is by --host`,
    ENOTFOUND: `there is no host '${host}'; choose an address of this machine by --host`,
  };
  const reason = reasons[errorCode(error) ?? ''];
  return reason === undefined ? error : new UserError(`Cannot listen: ${reason}.`);
}

async function assemble(
  { host, token, allowHosts = [], pageFolder = builtPageFolder(), onBug }: DashboardOptions,
  port: number,
  context: ServerContext,
): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: LONGEST_ADDRESS },
    http: { maxHeaderSize: LARGEST_HEADER_BYTES },
    forceCloseConnections: true,
    // What is wrong with a request before it has a route, such as its address.
    frameworkErrors: answerErrors(onBug),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerErrors(onBug));
  takeJsonAlone(app);
  const access = new Access(token, port);
  await app.register(cookie);
  app.addHook('onRequest', guard({ names: allowedNames(host, allowHosts), access }));
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'hesscope',
        description: 'Runs of hesscope, their results, and work to begin.',
        version: await packageVersion(),
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(apiRoutes, { prefix: '/api', context });
  await app.register(loginRoutes, { access });
  await pageRoutes(app, { folder: pageFolder });
  return app;
}

async function apiRoutes(
  app: FastifyInstance,
  { context }: { readonly context: ServerContext },
): Promise<void> {
  await app.register(entryRoutes, { context });
  await app.register(fileRoutes, { context });
  await app.register(jobRoutes, { context });
  await app.register(playgroundRoutes);
  await app.register(eventRoutes, { context });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** Requests without content that say it is JSON are taken too: a page sends all its requests alike. */
function takeJsonAlone(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, undefined);
    else
      parse(request, String(text), (error, body) => {
        // What lies too deep would exhaust the stack of whatever looks at it.
        const fault = error ?? depthFault(body);
        if (fault === null) done(null, body);
        else done(fault, undefined);
      });
  });
}

function depthFault(body: unknown): UserError | null {
  try {
    refuseDepth(body);
    return null;
  } catch (error) {
    return new UserError(`Expected JSON that is not nested so deeply: ${messageOf(error)}.`);
  }
}
