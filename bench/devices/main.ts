/** hesscope's products on every device that is there, beside PyTorch's on a GPU: `npm run bench:devices`. */
import { execFile, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { ALLOCATOR_SETTINGS } from '../../src/app/worker/host.ts';
import type { Vector } from '../../src/spectrum/index.ts';
import { DEVICES, type Device } from '../../src/tensor/engine/device.ts';
import { readSafetensors } from '../../src/tensor/files/safetensors.ts';
import { benchEnvironment } from '../environment.ts';
import { type BenchmarkCase, CASES } from '../peers/cases.ts';
import { descriptionPath } from '../peers/subject.ts';
import { writeResults } from '../write-results.ts';
import type { DeviceReply, DeviceTask } from './child.ts';
import type { DeviceCase, DeviceRecord, DevicesResults } from './results.ts';
import { devicesSection } from './section.ts';

const run = promisify(execFile);
const TORCH = fileURLToPath(new URL('./torch_device.py', import.meta.url));
const DEFAULT_CASES = ['mlp-1024', 'gpt-pico', 'gpt-nano', 'gpt2-124M'];

interface TorchReport {
  readonly engine: string;
  readonly device: string;
  readonly methods: readonly { name: string; quantity: 'product' | 'step'; elapsedMs: number[] }[];
}

const command = new Command('bench:devices')
  .description('Times Hessian products on the CPU and on GPUs; what is not there is told.')
  .option('--cases <names>', 'cases of the peers benchmark, separated by commas', DEFAULT_CASES.join())
  .option('--devices <names>', 'separated by commas', DEVICES.join())
  .option('--repeats <count>', 'of every product', '7')
  .option('--threads <count>', 'of the CPU', String(availableParallelism()))
  .option('--python <path>', 'an interpreter with PyTorch for CUDA and safetensors', 'python3')
  .parse();
const options = command.opts<Record<'cases' | 'devices' | 'repeats' | 'threads' | 'python', string>>();
const [repeats, threads] = [Number(options.repeats), Number(options.threads)];
const folder = await mkdtemp(join(tmpdir(), 'hesscope-devices-'));
let gpu: string | null = null;
const cases: DeviceCase[] = [];
try {
  for (const name of options.cases.split(',')) {
    const chosen = CASES.find((one) => one.name === name);
    if (!chosen) throw new Error(`expected one of ${CASES.map((one) => one.name).join()}, found ${name}`);
    cases.push(await measureCase(chosen));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const results: DevicesResults = { environment: benchEnvironment(), gpu, threads, cases };
await writeResults('devices', results);
console.log(devicesSection(results));

/** The CPU comes first: its product is what the others' are compared with. */
async function measureCase(chosen: BenchmarkCase): Promise<DeviceCase> {
  const casePath = join(folder, `${chosen.name}.safetensors`);
  const records: DeviceRecord[] = [];
  let reference: Vector | null = null;
  let names: readonly string[] = [];
  for (const device of options.devices.split(',') as Device[]) {
    console.error(`devices: ${chosen.title}, ${device}`);
    const task = { case: chosen, device, threads, repeats, casePath: reference ? null : casePath };
    try {
      const { engine, methods, ...reply } = await inChild(task);
      reference ??= methods[0]?.product ?? null;
      names = reply.parameterNames;
      records.push({
        device,
        engine,
        failure: null,
        methods: methods.map(({ times, product }) => ({
          ...times,
          difference: differenceOf(product, reference),
        })),
      });
    } catch (error) {
      records.push({ device, engine: '', methods: [], failure: (error as Error).message });
    }
  }
  console.error(`devices: ${chosen.title}, PyTorch`);
  records.push(await torchRecord(casePath, names, reference));
  return { title: chosen.title, parameterCount: reference?.length ?? 0, records };
}

function inChild(task: DeviceTask): Promise<DeviceReply> {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), {
    env: { ...process.env, ...ALLOCATOR_SETTINGS },
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.on('message', ({ reply, failure }: { reply?: DeviceReply; failure?: string }) => {
      if (reply) resolve(reply);
      else reject(new Error(failure));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(new Error(`its process ended with ${signal ?? `code ${code}`}`)),
    );
    child.send(task);
  });
}

async function torchRecord(
  casePath: string,
  names: readonly string[],
  reference: Vector | null,
): Promise<DeviceRecord> {
  const valuesPath = casePath.replace('.safetensors', '.product.safetensors');
  try {
    const { stdout } = await run(options.python, [
      TORCH,
      descriptionPath(casePath),
      'cuda',
      String(repeats),
      valuesPath,
    ]);
    const report = JSON.parse(stdout) as TorchReport;
    gpu = report.device;
    const { tensors } = await readSafetensors(valuesPath);
    const parts = names.map((name) => tensors.get(name)?.data as Vector);
    const difference = differenceOf(Float32Array.from(parts.flatMap((part) => [...part])), reference);
    return {
      device: 'torch',
      engine: report.engine,
      failure: null,
      methods: report.methods.map((times) => ({
        ...times,
        difference: times.name === 'scratch' ? difference : null,
      })),
    };
  } catch (error) {
    return { device: 'torch', engine: '', methods: [], failure: lastLine((error as Error).message) };
  }
}

/** Norm of the difference over the norm of what is compared with. */
function differenceOf(product: Vector | null, reference: Vector | null): number | null {
  if (!product || !reference) return null;
  let [differs, norm] = [0, 0];
  for (let index = 0; index < reference.length; index++) {
    const expected = reference[index] as number;
    differs += ((product[index] as number) - expected) ** 2;
    norm += expected ** 2;
  }
  return Math.sqrt(differs / norm);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) as string;
}
