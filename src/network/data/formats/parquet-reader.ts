/**
 * Parquet files by the library hyparquet, in a process of their own. A damaged page can make the library fill memory or
 * loop, since runs within a page are as long as they say: that process ends then, and ours does not. (A thread would
 * not do: an array that grows beyond what the engine can hold ends the process, whichever thread has it.)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FileMetaData, SchemaTree } from 'hyparquet';
import { UserError } from '../../../errors.ts';

/** What is known of a file from its end. */
export interface ParquetTable {
  readonly path: string;
  readonly metadata: FileMetaData;
  readonly columns: readonly SchemaTree[];
  readonly rowCount: number;
}

export type ParquetRow = Readonly<Record<string, unknown>>;

/** What one row group may take. Texts are held by the heap, bytes of pictures are not. */
const HEAP_MIB = 2048;
const DEADLINE_MS = 60_000;
/** Besides, for each byte of the file: a tenth of what a slow machine decodes. */
const DEADLINE_MS_PER_BYTE = 1e-3;

/** Runs in the process; it is text since only what the sources were compiled to can be run by Node alone. */
const SCRIPT = `
async function read({ path, rows }) {
  const [library, decompression] = process.argv.slice(1);
  const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema, parquetReadObjects } = await import(library);
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  if (rows === null) return { metadata, columns: parquetSchema(metadata).children };
  const { compressors } = await import(decompression);
  // Without utf8, bytes of pictures stay bytes; columns that are declared to be strings become strings all the same.
  return parquetReadObjects({ file, metadata, ...rows, compressors, utf8: false });
}
process.on('message', (request) => read(request).then(
  (result) => process.send({ result }),
  (error) => process.send({ reason: String(error?.message ?? error) }),
));
`;

const require = createRequire(import.meta.url);

/** Reads what a file says of itself. @throws UserError when it is no Parquet file. */
export async function openTable(path: string): Promise<ParquetTable> {
  const found = await byReader<Pick<ParquetTable, 'metadata' | 'columns'>>({ path, rows: null }).catch(
    (error: Error) => {
      throw new UserError(
        `${path}: expected a Parquet file, found what cannot be read (${error.message}); copy it again`,
      );
    },
  );
  const rowCount = Number(found.metadata.num_rows);
  const rows = found.metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (!Number.isSafeInteger(rowCount) || rowCount < 0 || rows !== rowCount)
    throw new UserError(
      `${path}: expected as many rows as the file says, ${rowCount}, found ${rows} in its groups; copy it again`,
    );
  return { path, ...found, rowCount };
}

/** Some columns of the rows from one number up to another. @throws UserError when they cannot be read. */
export async function readRows(
  { path }: ParquetTable,
  columns: readonly string[],
  rowStart: number,
  rowEnd: number,
): Promise<readonly ParquetRow[]> {
  const wanted = { columns: [...columns], rowStart, rowEnd };
  const rows = await byReader<ParquetRow[]>({ path, rows: wanted }).catch((error: Error) => {
    throw new UserError(
      `${path}: rows ${rowStart} to ${rowEnd} cannot be read (${error.message}); copy the file again`,
    );
  });
  if (rows.length === rowEnd - rowStart) return rows;
  throw new UserError(
    `${path}: expected ${rowEnd - rowStart} rows from row ${rowStart} on, found ${rows.length}; copy the file again`,
  );
}

interface Request {
  readonly path: string;
  /** Null for what the file says of itself. */
  readonly rows: { readonly columns: string[]; readonly rowStart: number; readonly rowEnd: number } | null;
}

/** The process, kept for the next request; null where none has begun, or the last one has failed. */
let reader: ChildProcess | null = null;
let last: Promise<unknown> = Promise.resolve();

/** One request after the other. */
function byReader<Result>(request: Request): Promise<Result> {
  const result = last.then(() => answer<Result>(request));
  last = result.catch(() => undefined);
  return result;
}

async function answer<Result>(request: Request): Promise<Result> {
  const { size } = await stat(request.path);
  reader ??= startReader();
  const child = reader;
  holdOpen(child, true);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Result>((done, fail) => {
      const end = (reason: string) => {
        reader = null;
        child.kill('SIGKILL');
        fail(new Error(reason));
      };
      const most = DEADLINE_MS + DEADLINE_MS_PER_BYTE * size;
      timer = setTimeout(() => end(`not done after ${Math.round(most / 1000)} s`), most);
      child.once('error', ({ message }) => end(message));
      child.once('exit', () => end(`decoding it ends the process that does, which may take ${HEAP_MIB} MiB`));
      child.once('message', (message) => {
        const { result, reason } = message as { result?: Result; reason?: string };
        if (reason === undefined) done(result as Result);
        else fail(new Error(reason.slice(0, 300)));
      });
      child.send(request);
    });
  } finally {
    clearTimeout(timer);
    for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event);
    // What still goes wrong in a process that was ended is nobody's.
    child.on('error', () => {});
    holdOpen(child, false);
  }
}

/** Says whether our process waits for the other. */
function holdOpen(child: ChildProcess, isWaiting: boolean): void {
  const change = isWaiting ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}

function startReader(): ChildProcess {
  const libraries = [require.resolve('hyparquet'), require.resolve('hyparquet-compressors')].map(
    (path) => pathToFileURL(path).href,
  );
  return spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, '-e', SCRIPT, ...libraries], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    // The loader of a test or of a development run is none of its business.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}
