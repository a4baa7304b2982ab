/** How long the fuzzing is and where it begins: the one place for both. */

/** Cases of each property; `npm run fuzz` asks for many more. */
export const RUNS = whole('HESSCOPE_FUZZ_RUNS', 60);

/** Where the drawing of cases begins; fixed by default, so that a build that passed once passes again. */
export const SEED = whole('HESSCOPE_FUZZ_SEED', 1);

/** The place within a seed that a failure has printed, which is then tried alone. */
export const PATH = process.env.HESSCOPE_FUZZ_PATH;

/** No case may take longer. Most take less than a hundredth; the rest is room for a machine that is busy. */
export const DEADLINE_MS = 10_000;

function whole(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${name}: expected a whole number, found '${text}'`);
  return value;
}
