/** `hesscope serve`: runs and live work as a page in the browser. */
import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { RUNS_FOLDER } from '../runs/layout.ts';
import { makeToken } from '../server/security/access.ts';
import { isLoopback } from '../server/security/hosts.ts';
import { startDashboard } from '../server/server.ts';
import { hasScreen, openBrowser, serveUntilInterrupted } from './browser.ts';
import { numeric } from './choices.ts';
import { reportError } from './exit.ts';

/** Where the page is unless another place is asked for. */
export const DEFAULT_PORT = 4242;
export const DEFAULT_HOST = '127.0.0.1';
/** A token of one's own that is shorter could be tried out. */
const SHORTEST_TOKEN = 16;

const EXAMPLES = `
Examples:
  $ hesscope serve
      the runs below runs/, at http://127.0.0.1:4242, reached from this machine alone
  $ hesscope serve runs/reproduction-quick --port 8080 --no-open
  $ ssh -L 4242:127.0.0.1:4242 gpu-box
      with hesscope serve --no-open on gpu-box: the page at http://127.0.0.1:4242 here, and nobody else reaches it
  $ HESSCOPE_TOKEN=$(openssl rand -hex 24) hesscope serve --host 0.0.0.0 --allow-host gpu-box.example.com
      for others too, who need the token; without one of your own the command makes one and prints it

Ctrl-C lets the jobs that were begun in the page save everything and ends; a second one ends them at once.`;

export function serveCommand(): Command {
  return new Command('serve')
    .summary('the dashboard: runs, spectra and live work in the browser')
    .description(
      'Serves a page over the folders of results below a folder: spectra, heat maps, trainings, reproductions, and work to begin, watch and stop. It changes with what this and other commands write.',
    )
    .argument('[folder]', 'where the runs are', RUNS_FOLDER)
    .option(
      '--port <number>',
      `where to listen (default: ${DEFAULT_PORT}, or the next one that is free)`,
      numeric,
    )
    .option('--host <address>', 'on which address to listen; others reach all but the default', DEFAULT_HOST)
    .option('--allow-host <names...>', 'further names by which browsers may call the server')
    .option('--token-file <file>', 'a file that holds the token, which is asked for then on every address')
    .option('--open', 'open the page in the browser, also where there seems to be no screen')
    .option('--no-open', 'open no browser')
    .addHelpText('after', EXAMPLES)
    .action(runServe);
}

interface Options {
  readonly port?: unknown;
  readonly host: string;
  readonly allowHost?: readonly string[];
  readonly tokenFile?: string;
  readonly open?: boolean;
}

async function runServe(folder: string, options: Options): Promise<void> {
  const given = await givenToken(options.tokenFile);
  const token = given ?? (isLoopback(options.host) ? null : makeToken());
  const dashboard = await startDashboard({
    folder,
    host: options.host,
    port: portOf(options.port),
    mayMove: options.port === undefined,
    token,
    allowHosts: options.allowHost ?? [],
    onBug: reportError,
  });
  const lines = [`Dashboard: ${dashboard.url}`, `Runs: ${dashboard.path}`];
  if (given === null && token !== null) lines.push(`Token: ${token}`);
  process.stdout.write(`${lines.join('\n')}\nCtrl-C ends it.\n`);
  if (options.open ?? hasScreen(process.env, process.platform)) await openBrowser(dashboard.url);
  await serveUntilInterrupted(dashboard);
}

/** @throws UserError when it is no port. */
function portOf(given: unknown): number {
  if (given === undefined) return DEFAULT_PORT;
  if (Number.isInteger(given) && (given as number) >= 0 && (given as number) <= 65_535)
    return given as number;
  throw new UserError(`'--port': expected a whole number from 0 to 65535, found '${given}'.`);
}

/** The token of a file or of the environment; null where there is none. @throws UserError when it is too short. */
async function givenToken(file: string | undefined): Promise<string | null> {
  const token = file === undefined ? process.env.HESSCOPE_TOKEN : await readToken(file);
  if (token === undefined || token === '') return null;
  if (token.length < SHORTEST_TOKEN || /\s/.test(token))
    throw new UserError(
      `${file === undefined ? 'HESSCOPE_TOKEN' : `'${file}'`}: expected a token of at least ${SHORTEST_TOKEN} letters without spaces, found ${token.length} letters; make one by 'openssl rand -hex 24'.`,
    );
  return token;
}

async function readToken(file: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o044) !== 0)
      process.stderr.write(`Others on this machine can read '${file}'; chmod 600 keeps it to you.\n`);
    const token = (await readFile(file, 'utf8')).trim();
    if (token !== '') return token;
  } catch (error) {
    throw new UserError(`Cannot read the token in '${file}': ${(error as Error).message}.`);
  }
  throw new UserError(`'${file}': expected a token, found nothing.`);
}
