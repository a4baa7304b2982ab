/** Lines to the two processes of the comparison. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ALLOCATOR_SETTINGS } from '../../src/app/worker/host.ts';
import { type Connection, ConnectionLostError, RefusedError, type Request } from './side.ts';

/** Both sides get the allocator settings that make large tensors cheap, so that neither wins by them. */
export const SIDE_ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env, ...ALLOCATOR_SETTINGS };

/** What a process answers. */
type Answer = { readonly reply: unknown } | { readonly error: string };

/** Forks our side. */
export function connectToOurs(): Connection {
  const child = fork(fileURLToPath(new URL('./ours.ts', import.meta.url)), {
    env: SIDE_ENVIRONMENT,
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
  });
  const line = new ProcessConnection('our process', child, (request) => child.send(request));
  child.on('message', (answer: Answer) => line.take(answer));
  return line;
}

/** Starts the Python server; what its libraries print is kept for the message when it ends. */
export function connectToTheirs(python: string): Connection {
  const program = fileURLToPath(new URL('./serve.py', import.meta.url));
  const child = spawn(python, [program], { env: SIDE_ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
  const line = new ProcessConnection('the Python server', child, (request) =>
    child.stdin.write(`${JSON.stringify(request)}\n`),
  );
  createInterface({ input: child.stdout }).on('line', (text) => line.take(JSON.parse(text) as Answer));
  child.stderr.setEncoding('utf8').on('data', (text: string) => line.overhear(text));
  // The end of the process says more than the broken pipe that comes with it.
  child.stdin.on('error', () => undefined);
  return line;
}

interface Waiting {
  resolve(reply: unknown): void;
  reject(error: Error): void;
}

/** One request at a time to one process. */
class ProcessConnection implements Connection {
  private readonly what: string;
  private readonly child: ChildProcess;
  private readonly send: (request: Request) => void;
  private readonly ended: Promise<void>;
  private waiting: Waiting | null = null;
  private lost: ConnectionLostError | null = null;
  private overheard = '';

  constructor(what: string, child: ChildProcess, send: (request: Request) => void) {
    this.what = what;
    this.child = child;
    this.send = send;
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.lose(how);
        resolve();
      };
      child.on('error', (error) => end(error.message));
      child.on('exit', (code, signal) => end(`${signal ?? `code ${code}`}`));
    });
  }

  ask<Reply>(request: Request, limitMs?: number): Promise<Reply> {
    if (this.lost) return Promise.reject(this.lost);
    if (this.waiting) return Promise.reject(new Error(`${this.what} is still busy with another request`));
    const answered = new Promise<unknown>((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.send(request);
    });
    const timer = limitMs && setTimeout(() => this.giveUp(request, limitMs), limitMs);
    return answered.finally(() => timer && clearTimeout(timer)) as Promise<Reply>;
  }

  take(answer: Answer): void {
    const { waiting } = this;
    this.waiting = null;
    if ('error' in answer) waiting?.reject(new RefusedError(answer.error));
    else waiting?.resolve(answer.reply);
  }

  overhear(text: string): void {
    this.overheard = (this.overheard + text).slice(-2000);
  }

  async close(): Promise<void> {
    this.child.kill();
    await this.ended;
  }

  private giveUp(request: Request, limitMs: number): void {
    this.lost = new ConnectionLostError(`'${request.do}' took longer than ${limitMs / 1e3} s and was ended`);
    this.waiting?.reject(this.lost);
    this.waiting = null;
    this.child.kill('SIGKILL');
  }

  private lose(how: string): void {
    if (this.lost) return;
    const said = this.overheard.trim().split('\n').at(-1) ?? '';
    this.lost = new ConnectionLostError(
      `${this.what} ended with ${how}${said === '' ? '' : `; its last words: ${said}`}`,
    );
    this.waiting?.reject(this.lost);
    this.waiting = null;
  }
}
