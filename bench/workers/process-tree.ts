/** What a command takes, with all processes that it starts, as the Linux kernel counts it. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** How often the tree is looked at. What a process computes between the last look and its end is not seen. */
const LOOK_MS = 50;
/** The unit of times in `/proc/<pid>/stat` on every architecture that Node.js runs on. */
const TICKS_PER_SECOND = 100;
/** Places of user and system time among the fields after the name, which may hold blanks. */
const [USER, SYSTEM] = [11, 12];

/** Times of one command. */
export interface CommandTimes {
  readonly wallSeconds: number;
  /** User and system time of the whole tree. */
  readonly cpuSeconds: number;
  /** How many processes there were. */
  readonly processes: number;
}

/**
 * Runs a command and adds up the processor time of all processes of its tree. The tree is watched, since the time of a
 * child that is killed and never waited for is in nobody's account.
 *
 * @throws when it ends with anything but 0, with what it printed.
 */
export async function timeCommand(command: string, args: readonly string[]): Promise<CommandTimes> {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  const secondsOf = new Map<number, number>();
  const look = () => {
    if (child.pid !== undefined) noteTree(child.pid, secondsOf);
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(signal ?? status));
  }).finally(() => clearInterval(timer));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${printed}`);
  return {
    wallSeconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: [...secondsOf.values()].reduce((sum, seconds) => sum + seconds, 0),
    processes: secondsOf.size,
  };
}

/** Notes the time so far of a process and of all below it; one that has ended keeps what was noted last. */
function noteTree(pid: number, secondsOf: Map<number, number>): void {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    secondsOf.set(pid, (Number(fields[USER]) + Number(fields[SYSTEM])) / TICKS_PER_SECOND);
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
      if (children !== '') for (const child of children.split(' ')) noteTree(Number(child), secondsOf);
    }
  } catch {
    // It ended while it was looked at.
  }
}
