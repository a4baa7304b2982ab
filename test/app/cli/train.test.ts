import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { readMetrics } from '../../../src/app/runs/metrics.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { readSafetensors } from '../../../src/tensor/files/safetensors.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { start } from './running-command.ts';

const SMALL = [
  '--model',
  'mlp',
  '--batch',
  '64',
  '--steps',
  '30',
  '--evaluate-every',
  '10',
  '--threads',
  '1',
];
/** A second of steps or more: what interrupts them must come before they end, on a fast machine too. */
const LONG = [...SMALL, '--steps', '600', '--evaluate-every', '200'];
const ARGUMENTS = [...LONG, '--learning-rate', '0.0005', '--checkpoints', '0,0.5,1'];

/** All that a training left, without times. */
async function resultOf(path: string) {
  const lines = (await readFile(join(path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  const metrics = lines.map((line) => {
    const { elapsedMs, ...rest } = JSON.parse(line) as Record<string, number>;
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    return rest;
  });
  const names = ['step-000000', 'step-000300', 'step-000600', 'best'];
  const checkpoints = await Promise.all(
    names.map((name) => readFile(join(path, 'checkpoints', `${name}.safetensors`), 'base64')),
  );
  return { metrics, checkpoints };
}

describe('hesscope train', () => {
  test('learns, and goes on after Ctrl-C and after a kill to the same bytes', async () => {
    const folder = await temporaryFolder();
    const [whole, stopped, killed] = ['whole', 'stopped', 'killed'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const undisturbed = await start('train', ...ARGUMENTS, '--out', whole, '--json').end;
    expect(undisturbed).toMatchObject({ code: 0, stderr: '' });
    const result = JSON.parse(undisturbed.stdout) as { metrics: Record<string, number>[] };
    expect(result).toMatchObject({ path: whole, status: 'finished', hasDiverged: false });
    expect(result.metrics.length).toBe(600);
    expect(result.metrics.at(-1)).toMatchObject({ step: 600 });
    expect(result.metrics.at(-1)!.validationAccuracy).toBeGreaterThan(0.7);
    const { run } = await readRun(whole);
    expect(run).toMatchObject({ kind: 'training', status: 'finished' });
    // Before the first step the logits are near zero: the loss is that of ten equal classes, within a tenth.
    expect(Math.abs(run.initial!.validationLoss - Math.log(10))).toBeLessThan(0.1);

    const again = await start('train', ...ARGUMENTS, '--out', whole, '--resume', '--json').end;
    expect({ code: again.code, result: JSON.parse(again.stdout) }).toEqual({ code: 0, result });

    const running = start('train', ...ARGUMENTS, '--out', stopped);
    await running.sawFile(join(stopped, 'metrics.jsonl'));
    running.interrupt();
    const { code, stderr } = await running.end;
    expect(stderr).toContain(`Go on with: hesscope train --out ${stopped} --resume`);
    expect(code).toBe(130);
    expect(await start('train', '--out', stopped, '--resume').end).toMatchObject({ code: 0 });

    const doomed = start('train', ...ARGUMENTS, '--out', killed);
    await doomed.sawFile(join(killed, 'metrics.jsonl'));
    doomed.kill();
    await doomed.end;
    expect(await start('train', '--out', killed, '--resume').end).toMatchObject({ code: 0 });

    for (const path of [whole, stopped, killed])
      expect((await verifyRun(path)).steps.flatMap(({ findings }) => findings)).toEqual([]);

    const expected = await resultOf(whole);
    expect(await resultOf(stopped)).toEqual(expected);
    expect(await resultOf(killed)).toEqual(expected);
  }, 120_000);

  test('goes on from trained weights, names them, and refuses others when it is resumed', async () => {
    const folder = await temporaryFolder();
    const [first, tuned] = [join(folder, 'first'), join(folder, 'tuned')];
    expect((await start('train', ...SMALL, '--out', first).end).code).toBe(0);
    const weights = join(folder, 'weights.safetensors');
    const trained = await readFile(join(first, 'checkpoints', 'step-000030.safetensors'));
    await writeFile(weights, trained);
    const given = [...SMALL, '--weights', weights, '--steps', '2000', '--out', tuned];
    const running = start('train', ...given);
    await running.sawFile(join(tuned, 'metrics.jsonl'));
    running.interrupt();
    expect((await running.end).code).toBe(130);
    // What it began with is what was read, and the record says so.
    const begun = await readSafetensors(join(tuned, 'checkpoints', 'step-000000.safetensors'));
    expect(begun.tensors).toEqual((await readSafetensors(weights)).tensors);
    const sha256 = createHash('sha256').update(trained).digest('hex');
    expect((await readRun(tuned)).run.model.weights?.files).toMatchObject([{ sha256 }]);

    await writeFile(weights, await readFile(join(first, 'checkpoints', 'step-000000.safetensors')));
    const { code, stderr } = await start('train', '--out', tuned, '--resume').end;
    expect(stderr).toMatch(/was made with other weights: weights\.safetensors has another sha256 now/);
    expect(code).toBe(2);
  }, 120_000);

  test('trains on instructions, and spectra of them are those of the same loss', async () => {
    const folder = await temporaryFolder();
    const data = join(folder, 'instructions.json');
    const entries = Array.from({ length: 40 }, (_, index) => ({
      instruction: `Add one to ${index}.`,
      output: `${index + 1}`,
    }));
    await writeFile(data, JSON.stringify(entries));
    const path = join(folder, 'run');
    const shared = ['--data', data, '--threads', '1', '--batch', '4'];
    const train = ['--steps', '3', '--optimizer', 'adamw', '--validation-examples', '4'];
    expect((await start('train', ...shared, ...train, '--out', path).end).code).toBe(0);
    const { run } = await readRun(path);
    expect(run.data.description).toContain(
      'the first 36 trained on in a new order each epoch, the last 4 held back',
    );

    const weights = ['--weights', join(path, 'checkpoints', 'step-000003.safetensors')];
    const small = ['--blocks', 'layer:1', '--no-full', '--probes', '1', '--steps', '2', '--no-report'];
    const cut = ['--offset', '36', '--out', join(folder, 'spectrum')];
    const measured = await start('spectrum', ...shared, ...weights, ...small, ...cut).end;
    expect(measured).toMatchObject({ code: 0 });
    const judged = (await readMetrics(path)).at(-1)!.validationLoss!;
    // The four that were held back, by both; float32 with sums in another order.
    const { loss } = (await readRun(join(folder, 'spectrum'))).run;
    expect(Math.abs(loss! - judged)).toBeLessThan(1e-5 * judged);
  }, 120_000);

  test('says that a training diverged and what to do', async () => {
    const path = join(await temporaryFolder(), 'run');
    const options = ['--optimizer', 'sgd', '--learning-rate', '1e9', '--out', path];
    const { code, stdout, stderr } = await start('train', ...SMALL, ...options).end;
    expect(code).toBe(0);
    expect(stderr).toContain('The loss has diverged');
    expect(stdout).toContain('diverged after');
  });

  test.each([
    [['--optimizer', 'adamm'], /'optimizer'/],
    [['--optimizer-set', 'momentum'], /Expected a setting as name=value/],
    [['--batch', '6000'], /Expected at least 12000 examples/],
    [['--resume'], /name it with --out/],
    [['--augment', 'rotate'], /'augment'/],
    [['--validation-examples', '0'], /'validationExamples'/],
    [['--steps', '10', '--warmup', '20'], /warm-up of at most all 10 steps, found 20/],
  ])('%j ends with a sentence and exit code 2', async (options, message) => {
    const { code, stderr } = await start('train', '--model', 'mlp', ...options).end;
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
