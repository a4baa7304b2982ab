/** The Python environment of the peers, made once. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UserError } from '../../src/errors.ts';

const run = promisify(execFile);

const ORACLE_REQUIREMENTS = fileURLToPath(new URL('../../oracle/requirements.txt', import.meta.url));
const PEER_REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
/** The default index has PyTorch with gigabytes of GPU libraries; where this one cannot be reached it serves all the same. */
const CPU_INDEX = 'https://download.pytorch.org/whl/cpu';
/** Names the requirements with which an environment was made. */
const STAMP = 'peers.json';

export interface PythonEnvironment {
  /** The interpreter. */
  readonly python: string;
  /** Why a package could not be installed, by its requirement. */
  readonly failures: Readonly<Record<string, string>>;
}

/**
 * Makes the environment in `folder`, or takes the one that is there if it was made from the same requirements.
 * PyTorch comes first and the peers without their dependencies, so that none of them replaces it. A peer that
 * cannot be installed is told, and the rest goes on.
 *
 * @param say told what is being done.
 * @throws UserError when Python is missing or PyTorch cannot be installed.
 */
export async function pythonEnvironment(
  folder: string,
  say: (text: string) => void,
): Promise<PythonEnvironment> {
  const python = join(folder, 'bin', 'python');
  const requirements = await readFile(PEER_REQUIREMENTS, 'utf8');
  const digest = createHash('sha256')
    .update(await readFile(ORACLE_REQUIREMENTS, 'utf8'))
    .update(requirements)
    .digest('hex');
  const known = await readStamp(join(folder, STAMP));
  if (known?.digest === digest) return { python, failures: known.failures };

  await mkdir(folder, { recursive: true });
  say(`making a Python environment in ${folder}`);
  await orExplain('a Python environment', () => run('python3', ['-m', 'venv', folder]));
  const pip = (...options: string[]) =>
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...options], {
      maxBuffer: 2 ** 26,
    });
  say('installing PyTorch');
  await orExplain('PyTorch', () => pip('--extra-index-url', CPU_INDEX, '--requirement', ORACLE_REQUIREMENTS));
  const failures: Record<string, string> = {};
  for (const requirement of packagesOf(requirements)) {
    say(`installing ${requirement}`);
    await pip('--no-deps', requirement).catch((error: Error) => {
      failures[requirement] = lastLine(error);
    });
  }
  await writeFile(join(folder, STAMP), `${JSON.stringify({ digest, failures }, null, 2)}\n`);
  return { python, failures };
}

interface Stamp {
  readonly digest: string;
  readonly failures: Readonly<Record<string, string>>;
}

async function readStamp(path: string): Promise<Stamp | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Stamp);
}

/** The lines of a requirements file that name a package. */
function packagesOf(requirements: string): string[] {
  return requirements
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

async function orExplain(what: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw new UserError(
      `${what} could not be installed (${lastLine(error as Error)}); the benchmark needs Python 3.11 or newer with venv, and the Python package index.`,
    );
  }
}

function lastLine(error: Error): string {
  const { stderr = '' } = error as Error & { stderr?: string };
  const lines = (stderr.trim() || error.message).split('\n').filter((line) => !line.startsWith('WARNING'));
  return (lines.at(-1) ?? error.message).replace(/^ERROR: /, '');
}
