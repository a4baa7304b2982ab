/** The command line as a process that can be watched and interrupted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { compiledFile } from '../../compiled/compiled.ts';

export interface RunningCommand {
  readonly process: ChildProcess;
  /** Resolves once a text stands on standard error. */
  saw(text: string): Promise<void>;
  /** Resolves once a file exists and is not empty. */
  sawFile(path: string): Promise<void>;
  /** Ctrl-C at a terminal: the signal goes to the whole group of processes. */
  interrupt(): void;
  /** Ends the whole group at once. */
  kill(): void;
  readonly end: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts the command in a process group of its own. */
export function start(...args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, [compiledFile('app/cli/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = -child.pid!;
  let [stdout, stderr, ended] = ['', '', false];
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const end = once(child, 'close').then(([code]) => {
    ended = true;
    return { code: code as number | null, stdout, stderr };
  });
  onTestFinished(() => {
    if (!ended) process.kill(group, 'SIGKILL');
  });
  const saw = async (text: string) => {
    while (!stderr.includes(text)) {
      if (ended) throw new Error(`expected '${text}' on standard error, found: ${stderr}`);
      await Promise.race([once(child.stderr, 'data'), end]);
    }
  };
  const sawFile = async (path: string) => {
    for (;;) {
      const stats = await stat(path).catch(() => null);
      if (stats && stats.size > 0) return;
      if (ended) throw new Error(`expected a file ${path}, found: ${stderr}`);
      await sleep(20);
    }
  };
  return {
    process: child,
    saw,
    sawFile,
    kill: () => process.kill(group, 'SIGKILL'),
    interrupt: () => process.kill(group, 'SIGINT'),
    end,
  };
}
