/** The eigenvalues of a block whose dense Hessian was formed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatJson } from './json.ts';
import { exactPath } from './layout.ts';
import type { ExactFile } from './records.ts';
import { RUN_FORMAT_VERSION } from './records.ts';
import { parseRecord, parseRecordText } from './schema.ts';
import type { RecordPlace } from './write.ts';

/** What must be the same for stored eigenvalues to belong to the block that is asked for. */
export type ExactIdentity = Pick<ExactFile, 'block' | 'dim' | 'precision'>;

/** Writes all eigenvalues of a block, with their hash. @throws UserError when the disk does not take it. */
export async function writeExactFile(
  directory: RecordPlace,
  identity: ExactIdentity,
  eigenvalues: readonly number[],
): Promise<void> {
  const path = exactPath(identity.block);
  const content: ExactFile = { version: RUN_FORMAT_VERSION, ...identity, eigenvalues };
  const text = formatJson(content);
  parseRecord('exact', content, path);
  await directory.write(path, text, true);
}

/**
 * The stored eigenvalues of a block; null when there are none or what stands there is damaged or of another
 * request, since they are quickly made again.
 */
export async function loadExact(
  directory: string,
  identity: ExactIdentity,
): Promise<readonly number[] | null> {
  const path = exactPath(identity.block);
  try {
    const file = parseRecordText('exact', await readFile(join(directory, path), 'utf8'), path);
    const { block, dim, precision } = file;
    const isSame = block === identity.block && dim === identity.dim && precision === identity.precision;
    return isSame && file.eigenvalues.length === dim ? file.eigenvalues : null;
  } catch {
    return null;
  }
}
