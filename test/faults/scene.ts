/** Where a fault is made: processes, a queue and folders of its own, all gone when it ends, however it ends. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledFile } from '../compiled/compiled.ts';

/** Nothing here takes as long unless it hangs. */
const PATIENCE_MS = 100_000;
const LOOK_MS = 10;

/** A command of hesscope under way, in a group of processes of its own. */
export interface Command {
  readonly pid: number;
  readonly stderr: string;
  /** Resolves once a text stands on standard error so many times. */
  saw(text: string, times?: number): Promise<void>;
  /** Ends the process, and not those that it has started. */
  killAlone(): void;
  /** Ends it with all that it has started. */
  kill(): void;
  /** Resolves to the exit code; null after a signal. */
  readonly end: Promise<number | null>;
}

/** A Redis that can be killed and started again at the same port on the same folder. */
export interface Queue {
  readonly address: string;
  readonly port: number;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export class Scene {
  /** For everything that the fault needs on the disk. */
  readonly folder = mkdtempSync(join(tmpdir(), 'hesscope-fault-'));
  private readonly processes: ChildProcess[] = [];
  private readonly mounts: string[] = [];

  /** Starts a command. @param environment besides that of this process. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Command {
    const child = this.spawn(process.execPath, [compiledFile('app/cli/main.ts'), ...args], environment);
    let [stderr, code] = ['', undefined as number | null | undefined];
    child.stdout?.resume();
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    const exit = once(child, 'close').then(([found]) => {
      code = found as number | null;
      return code;
    });
    const told = () => `hesscope ${args[0]} said: ${stderr}`;
    return {
      pid: child.pid as number,
      get stderr() {
        return stderr;
      },
      saw: (text, times = 1) =>
        until(`'${text}' ${times} times`, told, () => {
          if (stderr.split(text).length > times) return true;
          if (code !== undefined) throw new Error(`expected '${text}' ${times} times; ${told()}`);
          return false;
        }),
      killAlone: () => child.kill('SIGKILL'),
      kill: () => killGroup(child),
      end: exit.then(async () => code as number | null),
    };
  }

  /** Starts a Redis on a free port of this machine. @param settings in the words of its configuration. */
  async queue(...settings: readonly string[]): Promise<Queue> {
    const port = await freePort();
    const folder = join(this.folder, 'redis');
    mkdirSync(folder, { recursive: true });
    const common = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', ...settings];
    let server: ChildProcess;
    const restart = async () => {
      server = this.spawn('redis-server', common);
      await until(
        'Redis to answer',
        () => '',
        () => canConnect(port),
      );
    };
    const kill = async () => {
      const exit = once(server, 'exit');
      server.kill('SIGKILL');
      await exit;
    };
    await restart();
    return { address: `redis://127.0.0.1:${port}`, port, kill, restart };
  }

  /** A small file system of its own in memory. @param KiB its size. */
  smallDisk(KiB: number): string {
    const path = join(this.folder, 'disk');
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${KiB}k`, 'tmpfs', path]);
    this.mounts.push(path);
    return path;
  }

  /** Changes a disk of `smallDisk`. @param options of `mount`, such as `ro` or `size=4096k`. */
  async remount(path: string, options: string): Promise<void> {
    // While a file is being written the system refuses to take the disk away.
    await until(
      `a remount with ${options}`,
      () => '',
      () => spawnSync('mount', ['-o', `remount,${options}`, path]).status === 0,
    );
  }

  /** Ends every process and takes every folder away. */
  async close(): Promise<void> {
    for (const child of this.processes) killGroup(child);
    for (const path of this.mounts)
      await until(
        `${path} to be free`,
        () => '',
        () => spawnSync('umount', [path]).status === 0,
      );
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private spawn(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    const child = spawn(program, args, {
      stdio: ['ignore', program === process.execPath ? 'pipe' : 'ignore', 'pipe'],
      detached: true,
      env: { ...process.env, ...environment },
    });
    if (program !== process.execPath) child.stderr?.resume();
    this.processes.push(child);
    return child;
  }
}

/** Makes a scene, uses it, and takes it away again. */
export async function inScene<Result>(use: (scene: Scene) => Promise<Result>): Promise<Result> {
  const scene = new Scene();
  try {
    return await use(scene);
  } finally {
    await scene.close();
  }
}

/** Waits until something holds. @throws when it takes too long. */
export async function until(
  what: string,
  told: () => string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}. ${told()}`);
    await sleep(LOOK_MS);
  }
}

/** Waits for the end of a command. @throws when it takes too long, or ends with another exit code. */
export async function expectEnd(command: Command, expected: number): Promise<void> {
  const late = sleep(PATIENCE_MS, 'late' as const, { ref: false });
  const code = await Promise.race([command.end, late]);
  if (code !== expected)
    throw new Error(`expected exit code ${expected}, found ${code}; standard error: ${command.stderr}`);
}

/** Waits until a run has so many files of coefficients. */
export async function sawCoefficients(path: string, count: number, command: Command): Promise<void> {
  const folder = join(path, 'lanczos');
  await until(
    `${count} files in ${folder}`,
    () => command.stderr,
    () => {
      if (!existsSync(join(path, 'run.json'))) return false;
      if (count === 0) return true;
      if (!existsSync(folder)) return false;
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return files.filter((name) => name.endsWith('.json')).length >= count;
    },
  );
}

/** The processes that a process has started, theirs too. */
export function descendants(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(path)) return [];
  const children = readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Whether a process is there and computes: one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function canConnect(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
