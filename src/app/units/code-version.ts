/** Which code computes: results of different code are not mixed, even if both call themselves the same version. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageVersion } from '../worker/environment.ts';

/** What lies in these folders determines results; what shows them does not. */
const COMPUTING = ['curvature', 'network', 'random', 'spectrum', 'study', 'tensor', 'vector'];

const DIGITS = 12;

let known: Promise<string> | null = null;

/** The package's version and a digest of the code that computes: `0.1.0+3f2a90c1d4e5`. Read once in a process. */
export function codeVersion(): Promise<string> {
  known ??= readVersion();
  return known;
}

async function readVersion(): Promise<string> {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const hash = createHash('sha256');
  for (const folder of COMPUTING) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) {
      hash.update(relative(root, file).replaceAll(sep, '/'));
      hash.update(await readFile(file));
    }
  }
  return `${await packageVersion()}+${hash.digest('hex').slice(0, DIGITS)}`;
}
