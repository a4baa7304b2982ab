import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openRunDirectory } from '../../../src/app/runs/directory.ts';
import { idxBytes } from '../../network/data/idx-bytes.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'));

/** Whether the libraries that `onnxruntime-node` downloads for CUDA lie beside its binding. */
const HAS_CUDA_PROVIDER = existsSync(
  join(
    dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
    'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so',
  ),
);

/** The smallest job there is, with further options. */
async function spectrum(...options: readonly string[]) {
  const out = options.includes('--out') ? [] : ['--out', join(await temporaryFolder(), 'run')];
  const size = ['--probes', '1', '--steps', '2', '--batch', '2', '--blocks', 'none', '--no-report'];
  return hesscope('spectrum', ...size, ...options, ...out);
}

/** One sentence on standard error, no stack, nothing on standard output, exit code 2. */
async function expectMistake(
  printed: Promise<{ code: number; stdout: string; stderr: string }>,
  ...words: readonly string[]
): Promise<void> {
  const { code, stdout, stderr } = await printed;
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).not.toContain('this is a bug');
  expect(stderr.trim().split('\n').length).toBe(1);
  for (const word of words) expect(stderr).toContain(word);
  expect(stdout).toBe('');
  expect(code).toBe(2);
}

/** A small run to go on with. */
async function finishedRun(): Promise<string> {
  const path = join(await temporaryFolder(), 'run');
  const { code } = await spectrum('--model', 'mlp', '--blocks', 'fc4.bias', '--no-full', '--out', path);
  expect(code).toBe(0);
  return path;
}

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

test('a data file that is not there, with the names that are', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'shakespeare.txt'), 'x');
  await expectMistake(
    spectrum('--data', join(folder, 'shakespear.txt')),
    `shakespear.txt", which does not exist`,
    'shakespeare.txt',
  );
});

test('a text shorter than one batch', async () => {
  const path = await fileOf('short.txt', 'to be or not to be');
  await expectMistake(spectrum('--data', path), 'short.txt: expected 129 tokens', 'found 18');
});

test('an unknown model, with the nearest ones', async () => {
  await expectMistake(spectrum('--model', 'gpt-nona'), "no model 'gpt-nona'", "'gpt-nano'");
});

test('an unknown block, with the nearest ones', async () => {
  await expectMistake(
    spectrum('--blocks', 'transformer.h.0.attn.quary'),
    "no block 'transformer.h.0.attn.quary'",
    "'transformer.h.0.attn.query.weight'",
  );
});

test('a block of a normalisation layer', async () => {
  await expectMistake(
    spectrum('--blocks', 'transformer.h.0.ln_1.weight'),
    "'transformer.h.0.ln_1.weight' belongs to a normalisation layer",
  );
});

test('nothing to measure', async () => {
  await expectMistake(spectrum('--no-full'), 'Nothing to measure');
});

test('a number that is none, a fraction, and one out of range', async () => {
  await expectMistake(spectrum('--steps', 'many'), "'steps'", '"many"');
  await expectMistake(spectrum('--probes', '1.5'), "'probes'", '1.5');
  await expectMistake(spectrum('--batch', '0'), "'batch'", 'found 0');
  await expectMistake(spectrum('--precision', 'float16'), "'precision'", '"float16"');
});

test('a tolerance that is no share between 0 and 1', async () => {
  await expectMistake(spectrum('--tolerance', '0'), "'tolerance'", 'found 0');
  await expectMistake(spectrum('--tolerance', '-0.01'), "'tolerance'", 'found -0.01');
  await expectMistake(spectrum('--tolerance', '1'), "'tolerance'", 'found 1');
  await expectMistake(spectrum('--tolerance', '1%'), "'tolerance'", 'found "1%"');
});

test('a device that nobody knows, and a precision that a device has not', async () => {
  await expectMistake(spectrum('--device', 'gpu'), "'device'", '"cpu"|"cuda"|"webgpu"', 'found "gpu"');
  await expectMistake(
    spectrum('--device', 'webgpu', '--precision', 'float64'),
    "'precision': expected float32 on the device 'webgpu'",
    'found "float64"',
  );
});

test.skipIf(HAS_CUDA_PROVIDER)(
  'a GPU of CUDA without its libraries, with how they are installed',
  async () => {
    await expectMistake(
      spectrum('--device', 'cuda'),
      "Expected a device for 'cuda'",
      'CUDA (the version that the line above names, else 13), cuDNN 9',
      'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node',
    );
  },
);

// Only where WebGPU goes through Vulkan can a machine be made to have none.
test.runIf(process.platform === 'linux')('a GPU of WebGPU without a driver, with what it needs', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('VK_DRIVER_FILES', '/nowhere').stubEnv('VK_ICD_FILENAMES', '/nowhere');
  await expectMistake(spectrum('--device', 'webgpu'), "Expected a device for 'webgpu'", 'libvulkan.so.1');
});

test('a key of a configuration file that nobody knows, in YAML and JSON, with the nearest one', async () => {
  const yaml = await fileOf('request.yaml', 'model: mlp\nstep: 5\n');
  await expectMistake(spectrum('--config', yaml), "unknown key 'step' (did you mean 'steps'?)");
  const json = await fileOf('request.json', '{ "model": "mlp", "probe": 5 }');
  await expectMistake(spectrum('--config', json), "unknown key 'probe' (did you mean 'probes'?)");
});

test('a configuration that is no object, cannot be parsed, or is not there', async () => {
  const list = await fileOf('list.yaml', '- mlp\n- digits\n');
  await expectMistake(spectrum('--config', list), list, 'should be an object', '["mlp","digits"]');
  const broken = await fileOf('broken.json', '{ "model": ');
  await expectMistake(spectrum('--config', broken), broken, 'neither JSON nor YAML');
  await expectMistake(
    spectrum('--config', '/nowhere/request.yaml'),
    "'/nowhere/request.yaml'",
    'no such file',
  );
});

test('a run resumed with other choices, which are named', async () => {
  const path = await finishedRun();
  await expectMistake(
    hesscope('spectrum', '--out', path, '--resume', '--steps', '7', '--seed', '3'),
    "'steps' was 2, now 7",
    "'seed' was 0, now 3",
  );
  await expectMistake(
    hesscope('spectrum', '--out', path, '--resume', '--tolerance', '0.01'),
    "'tolerance' was left out, now 0.01",
  );
  await expectMistake(
    hesscope('spectrum', '--out', path, '--resume', '--device', 'webgpu'),
    `'device' was "cpu", now "webgpu"`,
  );
});

test('a run resumed where there is none', async () => {
  const folder = await temporaryFolder();
  await expectMistake(hesscope('spectrum', '--out', join(folder, 'none'), '--resume'), 'no hesscope run at');
});

test('a folder that is not empty', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'thesis.tex'), '');
  await expectMistake(spectrum('--out', folder), folder, 'is not empty');
});

test('images for a model of text, text for a model of images', async () => {
  await expectMistake(
    spectrum('--model', 'gpt-pico', '--data', 'digits'),
    "takes text, found images in 'digits'",
  );
  await expectMistake(
    spectrum('--model', 'mlp', '--data', 'moby-dick'),
    "takes images, found text in 'moby-dick'",
  );
});

test('an option that does not go with the model', async () => {
  await expectMistake(spectrum('--output-scale', '5'), "'outputScale'", 'gpt-pico has none');
  await expectMistake(spectrum('--set', 'tide=false'), "no option 'tide'; did you mean 'tied'?");
  await expectMistake(spectrum('--set', 'tied=maybe'), "option 'tied'", 'expected boolean', 'found "maybe"');
  await expectMistake(spectrum('--set', 'tied'), 'name=value', "found 'tied'");
});

test('a damaged IDX file', async () => {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'mnist'));
  const images = join(folder, 'mnist', 'train-images-idx3-ubyte');
  writeFileSync(images, idxBytes([100, 28, 28], [1, 2, 3]));
  writeFileSync(join(folder, 'mnist', 'train-labels-idx1-ubyte'), idxBytes([100], new Array(100).fill(0)));
  await expectMistake(spectrum('--model', 'mlp', '--data', join(folder, 'mnist')), images, 'damaged');
  writeFileSync(images, 'no images at all');
  await expectMistake(
    spectrum('--model', 'mlp', '--data', join(folder, 'mnist')),
    images,
    'IDX magic number',
  );
});

test('a loss that is not finite, with micro-batch and operation', async () => {
  await expectMistake(
    spectrum('--model', 'mlp', '--output-scale', '1e30'),
    'The loss of micro-batch 1 is NaN',
    "comes from 'mul'",
  );
});

test('a run that another process writes', async () => {
  const path = await finishedRun();
  const directory = await openRunDirectory(path);
  try {
    await expectMistake(hesscope('spectrum', '--out', path, '--resume'), path, 'already open');
  } finally {
    await directory.close();
  }
});

test('an option or a command that does not exist, with the nearest one', async () => {
  const option = await spectrum('--probs', '3');
  expect(option.code).toBe(2);
  expect(option.stderr).toContain("unknown option '--probs'");
  expect(option.stderr).toContain('--probes');
  expect(option.stderr).not.toMatch(/\n\s+at /);
  const command = await hesscope('spectra');
  expect(command.code).toBe(2);
  expect(command.stderr).toContain("unknown command 'spectra'");
  expect(command.stderr).toContain('spectrum');
});

test('a run that is not there, for report and verify', async () => {
  await expectMistake(hesscope('report', '/nowhere/run'), 'no hesscope run at /nowhere/run');
  await expectMistake(hesscope('verify', '/nowhere/run'), '/nowhere/run');
});
