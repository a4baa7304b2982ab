import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasScreen } from '../../../src/app/cli/browser.ts';
import { readRun } from '../../../src/app/runs/directory.ts';
import { jobListSchema } from '../../../src/app/server/contract/jobs.ts';
import { finishedRun, temporaryFolder } from '../runs/small-run.ts';
import { PICO } from '../worker/small-jobs.ts';
import { hesscope } from './compiled-command-line.ts';
import { type RunningCommand, start } from './running-command.ts';

/** Starts the command and waits for its address. */
async function serve(
  ...args: readonly string[]
): Promise<{ running: RunningCommand; url: string; said: string }> {
  const running = start('serve', ...args, '--no-open');
  let said = '';
  running.process.stdout?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  while (!said.includes('Ctrl-C ends it.')) {
    const { exitCode } = running.process;
    if (exitCode !== null) throw new Error(`expected a server, found: ${(await running.end).stderr}`);
    await sleep(20);
  }
  const url = /^Dashboard: (\S+)$/m.exec(said)?.[1] as string;
  return { running, url, said };
}

/** A port that somebody listens on until the test is done. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('prints its address, serves the runs, and ends by Ctrl-C', async () => {
  const folder = await temporaryFolder();
  await finishedRun({ path: join(folder, 'one') });
  const { running, url, said } = await serve(folder, '--port', '0');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect(said).not.toContain('Token');
  const list = (await (await fetch(`${url}api/entries`)).json()) as { entries: unknown[] };
  expect(list.entries).toHaveLength(1);
  const events = await fetch(`${url}api/events`);
  running.interrupt();
  expect(await running.end).toMatchObject({ code: 0, stderr: '' });
  await events.body?.cancel().catch(() => undefined);
});

test('Ctrl-C lets a job save everything first', async () => {
  const folder = await temporaryFolder();
  const { running, url } = await serve(folder, '--port', '0');
  const headers = { 'content-type': 'application/json' };
  const input = { ...PICO, steps: 400, full: false };
  await fetch(`${url}api/jobs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ kind: 'spectrum', input }),
  });
  let entry: string | null = null;
  for (let share = 0; share === 0; await sleep(50)) {
    const { jobs } = jobListSchema.parse(await (await fetch(`${url}api/jobs`)).json());
    share = jobs[0]?.progress?.share ?? 0;
    entry = jobs[0]?.entry ?? null;
  }
  running.interrupt();
  const { code, stderr } = await running.end;
  expect(stderr).toContain('stopping after the current step; everything is kept');
  expect(code).toBe(0);
  const { run } = await readRun(join(folder, entry as string));
  expect(run).toMatchObject({ status: 'interrupted', error: null });
});

describe('the token', () => {
  test('is made and printed once where others reach the server, and wanted from then on', async () => {
    const { running, url, said } = await serve(await temporaryFolder(), '--port', '0', '--host', '0.0.0.0');
    const token = /^Token: (\S{32})$/m.exec(said)?.[1] as string;
    expect((await fetch(`${url}api/entries`)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}api/entries`, { headers })).status).toBe(200);
    running.interrupt();
    expect((await running.end).stdout.split(token)).toHaveLength(2);
  });

  test('is read from a file, and not printed', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'token');
    const token = 'sixteen-letters!';
    await writeFile(file, `${token}\n`);
    await chmod(file, 0o600);
    const { running, url } = await serve(folder, '--port', '0', '--token-file', file);
    expect((await fetch(`${url}api/entries`)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}api/entries`, { headers })).status).toBe(200);
    running.interrupt();
    const { stdout, stderr } = await running.end;
    expect(stdout + stderr).not.toContain(token);
    expect(stderr).toBe('');
  });
});

describe('mistakes', () => {
  test.each([
    [['--port', '70000'], "'--port': expected a whole number from 0 to 65535, found '70000'"],
    [['--port', 'http'], "'--port': expected a whole number"],
    [['--host', '192.0.2.7', '--port', '0'], "'192.0.2.7' is no address of this machine"],
    [['--token-file', 'no/such/file'], "Cannot read the token in 'no/such/file'"],
  ])('%j', async (options, sentence) => {
    const { code, stdout, stderr } = await hesscope('serve', await temporaryFolder(), ...options);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a port that is taken, where it was asked for', async () => {
    const port = await takenPort();
    const { code, stderr } = await hesscope('serve', await temporaryFolder(), '--port', String(port));
    expect(stderr).toBe(
      `hesscope: Cannot listen: port ${port} is taken; choose another by --port, or leave it out.\n`,
    );
    expect(code).toBe(2);
  });

  test('a file in place of the folder', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const { code, stderr } = await hesscope('serve', file);
    expect(stderr).toContain('expected a folder, found a file');
    expect(code).toBe(2);
  });

  test('a token that is too short, or readable by others', async () => {
    const file = join(await temporaryFolder(), 'token');
    await writeFile(file, 'short');
    await chmod(file, 0o644);
    const { code, stderr } = await hesscope('serve', '--token-file', file);
    expect(stderr).toContain(`Others on this machine can read '${file}'`);
    expect(stderr).toContain('expected a token of at least 16 letters');
    expect(code).toBe(2);
  });
});

test('a browser is opened only where somebody would see it', () => {
  expect(hasScreen({ DISPLAY: ':0' }, 'linux')).toBe(true);
  expect(hasScreen({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  expect(hasScreen({ DISPLAY: '' }, 'linux')).toBe(false);
  expect(hasScreen({}, 'linux')).toBe(false);
  expect(hasScreen({}, 'darwin')).toBe(true);
  expect(hasScreen({ SSH_CONNECTION: '192.0.2.7 1 192.0.2.8 22' }, 'darwin')).toBe(false);
  expect(hasScreen({}, 'win32')).toBe(true);
});

test('--help teaches by examples', async () => {
  const { code, stdout } = await hesscope('serve', '--help');
  expect(code).toBe(0);
  for (const text of ['--port', '--host', '--token-file', '--no-open', '$ hesscope serve\n', 'ssh -L'])
    expect(stdout).toContain(text);
});
