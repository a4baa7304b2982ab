/** The process of our side: holds sessions, residuals and vectors, and answers the benchmark's requests. */
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { writeSafetensors } from '../../src/tensor/files/safetensors.ts';
import type { BenchmarkCase, ProductShape } from './cases.ts';
import { type OurMethod, ourMethods } from './ours-methods.ts';
import { leastProductMs } from './product-time.ts';
import type { Preparation, Request } from './side.ts';
import { type BenchmarkSubject, openBenchmarkSubject, writeCase } from './subject.ts';

let engine = onnxRuntimeEngine({ threads: 1 });
let subject: BenchmarkSubject | null = null;
let methods: Record<string, OurMethod> = {};

const ACTIONS: Readonly<Record<string, (request: Request) => Promise<unknown>>> = {
  open: async (request) => {
    engine = onnxRuntimeEngine({ threads: request.threads as number });
    const chosen = request.case as BenchmarkCase;
    subject = await openBenchmarkSubject(chosen);
    const description = await writeCase(request.path as string, subject, chosen.quadrature !== null);
    methods = ourMethods(subject, engine);
    return {
      engine: engine.name,
      data: subject.data.description,
      parameterCount: Object.values(subject.vectors).reduce((sum, { length }) => sum + length, 0),
      description,
    };
  },
  prepare: async (request): Promise<Preparation> => {
    const method = methodOf(request);
    const startedAt = performance.now();
    await method.prepare();
    const setupMs = performance.now() - startedAt;
    return { setupMs, ...(method.productFlops ? { productFlops: method.productFlops } : {}) };
  },
  run: (request) => methodOf(request).run(),
  write: async (request) => {
    await writeSafetensors(request.path as string, Object.entries(await methodOf(request).values()));
  },
  drop: (request) => methodOf(request).release(),
  rates: async (request) => {
    const leastMs: number[] = [];
    for (const shape of request.shapes as readonly ProductShape[])
      leastMs.push(await leastProductMs(engine, shape, request.seconds as number));
    return { leastMs };
  },
  memory: async () => ({ peakBytes: 1024 * process.resourceUsage().maxRSS }),
};

process.on('message', (request: Request) => {
  void answer(request).then((reply) => process.send?.(reply, undefined, undefined, () => undefined));
});

async function answer(request: Request): Promise<object> {
  try {
    const action = ACTIONS[request.do];
    if (!action) throw new Error(`expected one of ${Object.keys(ACTIONS).join(', ')}, found ${request.do}`);
    return { reply: (await action(request)) ?? {} };
  } catch (error) {
    return { error: (error as Error).stack ?? String(error) };
  }
}

function methodOf({ method }: Request): OurMethod {
  const found = methods[method as string];
  if (!found) throw new Error(`expected one of ${Object.keys(methods).join(', ')}, found ${String(method)}`);
  return found;
}
