import type { Engine, EngineTensor, Executable } from './engine.ts';

/** An engine that counts the time spent in its runs. */
export interface TimedEngine extends Engine {
  /** Time inside all runs so far; compiling is not counted. */
  readonly runMs: number;
}

/** The same engine with a clock around each run. */
export function timedEngine(engine: Engine): TimedEngine {
  let runMs = 0;
  const timed = <Result extends EngineTensor>(executable: Executable<Result>): Executable<Result> => ({
    inputNames: executable.inputNames,
    release: () => executable.release(),
    run: async (feeds) => {
      const startedAt = performance.now();
      try {
        return await executable.run(feeds);
      } finally {
        runMs += performance.now() - startedAt;
      }
    },
  });
  return {
    name: engine.name,
    get runMs() {
      return runMs;
    },
    compile: async (graph) => timed(await engine.compile(graph)),
    compileKeeping: async (graph, kept) => timed(await engine.compileKeeping(graph, kept)),
  };
}
