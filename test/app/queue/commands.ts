/** Commands of hesscope as processes of their own, ended with the test that starts them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { compiledFile } from '../../compiled/compiled.ts';

const MAIN = compiledFile('app/cli/main.ts');

/** How a command ended, with all that it printed. */
export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

export interface StartedCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts a command. */
export function hesscope(args: readonly string[], cwd = '.'): StartedCommand {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text }));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended };
}

/** Starts a worker of one thread whose lease is short. */
export function startWorker(address: string, cache: string, ...more: readonly string[]): StartedCommand {
  const options = ['--threads', '1', '--lease', '2'];
  return hesscope(['worker', '--queue', address, '--cache', cache, ...options, ...more]);
}

/** Resolves once a command has printed something on standard error, from now on. */
export async function waitFor({ child }: Pick<StartedCommand, 'child'>, pattern: RegExp): Promise<void> {
  let text = '';
  await new Promise<void>((resolve) => {
    const look = (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve();
    };
    child.stderr?.on('data', look);
  });
}
