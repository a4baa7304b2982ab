/**
 * Makes every fault of test/faults again and again and writes the table in docs/reliability.md: `npm run faults`, or
 * `npm run faults -- disk Redis` for the faults whose name holds one of the words. HESSCOPE_FAULT_TRIES says how often, 20 unless given.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeAside } from '../src/app/runs/write.ts';
import compile from '../test/compiled/compile.ts';

const PAGE = fileURLToPath(new URL('../docs/reliability.md', import.meta.url));
/** The part of the page that is written here. */
const [BEGIN, END] = ['<!-- faults -->', '<!-- end of faults -->'];
/** What has been tried so far, so that faults may be tried one by one. */
const RESULTS = fileURLToPath(new URL('../.cache/faults.json', import.meta.url));

interface Result {
  readonly tries: number;
  /** What was lost, for each try that lost something or failed. */
  readonly losses: readonly string[];
}

const tries = Number(process.env.HESSCOPE_FAULT_TRIES ?? 20);
if (!Number.isSafeInteger(tries) || tries < 1)
  throw new Error(`HESSCOPE_FAULT_TRIES: expected a whole number of at least 1, found ${tries}`);
compile();
// They use compiled modules, which are there only now.
const { FAULTS } = await import('../test/faults/index.ts');
const { missingNeed, NOTHING } = await import('../test/faults/fault.ts');

const words = process.argv.slice(2);
let results: Record<string, Result | string> = {};
for (const fault of FAULTS) {
  if (words.length > 0 && !words.some((word) => fault.name.includes(word))) continue;
  const result = missingNeed(fault) ?? (await tryOften(fault));
  // Read again: another process may try other faults at the same time.
  const before = await readFile(RESULTS, 'utf8').catch(() => '{}');
  results = { ...JSON.parse(before), [fault.name]: result };
  await mkdir(new URL('.', `file://${RESULTS}`), { recursive: true });
  await writeFile(RESULTS, JSON.stringify(results, null, 2));
  await writeTable();
}
if (Object.values(results).some((result) => typeof result !== 'string' && result.losses.length > 0))
  process.exitCode = 1;

async function tryOften(fault: (typeof FAULTS)[number]): Promise<Result> {
  const losses: string[] = [];
  for (let number = 1; number <= tries; number++) {
    const startedAt = performance.now();
    const lost = await fault.make(number).then(
      (made) => made.lost,
      (error: Error) => error.message,
    );
    if (lost !== NOTHING) losses.push(`try ${number}: ${lost}`);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`${fault.name}, try ${number}: lost ${lost} (${seconds} s)\n`);
  }
  return { tries, losses };
}

async function writeTable(): Promise<void> {
  const rows = FAULTS.map(({ name, noticed, goesOn }) => {
    const result = results[name];
    if (result === undefined || typeof result === 'string')
      return [name, '0', `not tried${result === undefined ? '' : `: ${result}`}`, noticed, goesOn];
    const { losses } = result;
    const lost = losses.length === 0 ? NOTHING : `something in ${losses.length} tries`;
    return [name, `${result.tries}`, lost, noticed, goesOn];
  });
  const head = ['fault', 'tries', 'lost', 'how it is noticed', 'how it goes on'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const page = await readFile(PAGE, 'utf8');
  const [start, stop] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start < 0 || stop < 0)
    throw new Error(`expected the lines ${BEGIN} and ${END} in docs/reliability.md, found none`);
  await writeAside(PAGE, `${page.slice(0, start + BEGIN.length)}\n\n${table}\n\n${page.slice(stop)}`);
}
