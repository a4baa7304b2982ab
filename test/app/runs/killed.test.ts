import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRunDirectory, openRunDirectory, readRun } from '../../../src/app/runs/directory.ts';
import { isLockFile } from '../../../src/app/runs/lock.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { start, temporaryFolder } from './small-run.ts';

const script = fileURLToPath(new URL('./writer-child.ts', import.meta.url));
const blocks = [{ ...start.blocks[0]!, shape: [1024], size: 1024 }];
const model = { name: 'mlp', parameterCount: 1024, blockCount: 1 };

async function newRun(): Promise<string> {
  const directory = await createRunDirectory(
    { parent: await temporaryFolder() },
    { ...start, model, blocks },
  );
  await directory.close();
  return directory.path;
}

/** Starts the writing process; its lines are read one by one. */
function startWriter(
  path: string,
  stderr: 'inherit' | 'ignore' = 'inherit',
): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, ['--import', 'tsx', script, path], {
    stdio: ['ignore', 'pipe', stderr],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

describe('a process killed while it writes', () => {
  test('leaves only whole files, and the next one goes on from its last vectors', async () => {
    const path = await newRun();
    let lastStep = 0;
    for (const round of [0, 1, 2, 3, 4]) {
      const { child, lines } = startWriter(path);
      const { value: line } = await lines.next();
      const [, step, vector] = /^ready at step (\d+), state (\S+), null$/.exec(line) ?? [];
      // The vector of step j is filled with j: coefficients and vectors belong together.
      if (round > 0) expect(vector, line).toBe(step);
      expect(Number(step)).toBeGreaterThanOrEqual(lastStep);
      lastStep = Number(step);
      // Some vectors later, at a moment that differs from round to round.
      for (let written = 0; written <= round; written++) await lines.next();
      await sleep(3 * round);
      await kill(child);
      expect((await verifyRun(path)).steps.flatMap(({ findings }) => findings)).toEqual([]);
    }
    expect(lastStep).toBeGreaterThan(0);
    const directory = await openRunDirectory(path);
    expect(directory.run.status).toBe('interrupted');
    await directory.close();
    expect(readdirSync(path).filter(isLockFile)).toEqual([]);
  });

  test('holds the lock by name as long as it lives and not longer', async () => {
    const path = await newRun();
    const { child, lines } = startWriter(path);
    await lines.next();
    const refused = openRunDirectory(path);
    await expect(refused).rejects.toThrow(`is in use by process ${child.pid} on `);
    await expect(refused).rejects.toThrow(/ since \d{4}-\d\d-\d\dT/);
    // Readers need no lock.
    expect((await readRun(path)).run.status).toMatch(/running|interrupted/);
    await kill(child);
    await (await openRunDirectory(path)).close();
  });
});

describe('processes that come at once', () => {
  test('are never two in one run, and who is refused says so by its exit code', async () => {
    const path = await newRun();
    const ends = await Promise.all(
      [1, 2, 3].map(async () => {
        const { child, lines } = startWriter(path, 'ignore');
        const exit = once(child, 'exit');
        const first = await lines.next();
        return first.done ? { exit: (await exit)[0] } : 'ready';
      }),
    );
    expect(ends.filter((end) => end === 'ready').length).toBeLessThanOrEqual(1);
    for (const end of ends) expect(['ready', { exit: 2 }]).toContainEqual(end);
  });
});

describe('a lock that was left behind', () => {
  const lock = (host: string, pid: number, startTicks: number) => `lock-${host}-${pid}-${startTicks}`;
  const host = hostname().replace(/[^\w.-]/g, '_');

  test.runIf(process.platform === 'linux')(
    'by a process whose id was given to another is taken over',
    async () => {
      const path = await newRun();
      // This process lives, but it did not start one tick after the system did.
      writeFileSync(join(path, lock(host, process.pid, 1)), '');
      // The parent lives too.
      writeFileSync(join(path, lock(host, process.ppid, 1)), '');
      await (await openRunDirectory(path)).close();
      expect(readdirSync(path).filter(isLockFile)).toEqual([]);
    },
  );

  test('on another machine is respected, with a way out', async () => {
    const path = await newRun();
    writeFileSync(join(path, lock('elsewhere', 1, 1)), '');
    await expect(openRunDirectory(path)).rejects.toThrow(
      'in use by process 1 on elsewhere; wait for it or stop it; if that process is gone, delete the file lock-elsewhere-1-1',
    );
  });
});
