import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { denseMatrix } from '../../../src/spectrum/index.ts';
import { type ExactHessian, exactHessian } from '../../../src/study/exact/measure.ts';
import { parseExactRequest } from '../../../src/study/exact/request.ts';
import { openSubject } from '../../../src/study/spectrum/prepare.ts';
import { spectrumRequestOf } from '../../../src/study/spectrum/request.ts';
import { curvatureOf } from '../../../src/study/spectrum/subject.ts';
import type { Engine } from '../../../src/tensor/engine/engine.ts';
import { openOnnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';

const REQUEST = parseExactRequest({ model: 'gpt-tiny', batch: 2, blocks: 'paper', group: 'paper' });

let engine: Engine;
let hessian: ExactHessian;

beforeAll(async () => {
  engine = await openOnnxRuntimeEngine({ threads: 1 });
  hessian = (await exactHessian(REQUEST, engine))!;
});

const block = (from: number, size: number) =>
  Float64Array.from({ length: size * size }, (_, index) => {
    const [i, j] = [from + Math.floor(index / size), from + (index % size)];
    return hessian.entries[i * hessian.dim + j]!;
  });

describe('the exact Hessian of the small Transformer of D.2', () => {
  it('covers attention and MLP alone: 96 rows a layer', () => {
    // Query, key, value, projection: 4 x 4 each; MLP: 4 x 4 twice.
    expect(hessian.dim).toBe(2 * 6 * 16);
    expect(hessian.groups.length).toBe(6);
    // Products in float64.
    expect(hessian.asymmetry).toBeLessThan(1e-13);
  });

  it('has the products of the whole Hessian', async () => {
    const wanted = spectrumRequestOf(REQUEST);
    const subject = await openSubject(wanted);
    const curvature = curvatureOf(subject, wanted, engine);
    const whole = curvature.whole();
    // The embeddings come first, and the layers' parameters in the order of the groups.
    const first = whole.dim - hessian.dim;
    const vector = new Float64Array(whole.dim);
    vector.set(new RandomStream(0, 'exact').gaussian(hessian.dim), first);
    const [product] = await whole.matmat([vector]);
    const scale = Math.max(...hessian.entries.map(Math.abs));
    for (let i = 0; i < hessian.dim; i++) {
      let sum = 0;
      for (let j = 0; j < hessian.dim; j++) sum += hessian.entries[i * hessian.dim + j]! * vector[first + j]!;
      expect(Math.abs(sum - product![first + i]!)).toBeLessThan(scale * hessian.dim * 1e-14);
    }
    await whole.release();
    await curvature.release();
  });

  it('has the blocks of single parameters on its diagonal', async () => {
    const wanted = spectrumRequestOf(REQUEST);
    const subject = await openSubject(wanted);
    const curvature = curvatureOf(subject, wanted, engine);
    const parameter = subject.model.parameters.find(
      ({ name }) => name === 'transformer.h.1.attn.proj.weight',
    )!;
    const operator = curvature.block(parameter);
    const alone = (await denseMatrix(operator, 16))!;
    const group = hessian.groups.find(({ name }) => name === 'layer 2, value and projection')!;
    const found = block(group.start + 16, 16);
    const scale = Math.max(...hessian.entries.map(Math.abs));
    for (const [index, entry] of found.entries())
      expect(Math.abs(entry - alone.entries[index]!)).toBeLessThan(scale * 1e-12);
    await operator.release();
    await curvature.release();
  });

  it('has eigenvalues with the trace and the squared norm of the matrix', () => {
    const { dim, entries, eigenvalues } = hessian;
    const trace = Array.from({ length: dim }, (_, i) => entries[i * dim + i]!).reduce((sum, x) => sum + x, 0);
    const squares = entries.reduce((sum, x) => sum + x * x, 0);
    const largest = Math.max(...eigenvalues.map(Math.abs));
    expect(Math.abs(eigenvalues.reduce((sum, x) => sum + x, 0) - trace)).toBeLessThan(dim * largest * 1e-13);
    expect(eigenvalues.reduce((sum, x) => sum + x * x, 0) / squares).toBeCloseTo(1, 11);
  });

  it('is near block-diagonal at initialisation (Figure 2)', () => {
    const { diagonalShare, structurelessShare } = hessian.structure;
    expect(structurelessShare).toBeCloseTo(1 / 6, 12);
    expect(diagonalShare).toBeGreaterThan(0.99);
  });
});

it('stops where it is told to', async () => {
  expect(await exactHessian(REQUEST, engine, async (done) => done < 64)).toBeNull();
});

it('refuses a matrix that is too large, before any work', async () => {
  const tooLarge = parseExactRequest({ model: 'gpt-tiny', largest: 100 });
  await expect(exactHessian(tooLarge, engine)).rejects.toThrow("rows, more than 'largest' allows (100)");
});
