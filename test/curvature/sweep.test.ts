import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { BlockOperator, CurvatureOperator } from '../../src/curvature/operator.ts';
import { roundsOf, Sweep } from '../../src/curvature/sweep.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { cutIntoMicroBatches, flatten, readParityCase } from './parity-case.ts';
import { curvatureOf } from './parity-errors.ts';

const path = fileURLToPath(new URL('../fixtures/parity/gpt.safetensors', import.meta.url));
const parity = await readParityCase(path);
const data = cutIntoMicroBatches(parity, parity.config.batchSize);
const curvature = curvatureOf(parity, onnxRuntimeEngine({ threads: 1 }), 'float64', { data });
curvature.chooseResiduals({ detail: 'all', isKept: false });
await curvature.linearizeAll();
const parameters = parity.model.parameters.slice(-4);
const operators = parameters.map((parameter) => curvature.block(parameter));
const vectorOf = ({ name }: { readonly name: string }) => flatten(parity.vector, [name]);

afterAll(() => curvature.release());

/** How often the primal part ran, by counting its calls. */
function countPrimalRuns(): { runs: number } {
  const counter = { runs: 0 };
  const original = curvature.primal.residuals.bind(curvature.primal);
  curvature.primal.residuals = (index) => {
    counter.runs++;
    return original(index);
  };
  return counter;
}

/** A job of some products, one after the other. */
async function job(sweep: Sweep, member: BlockOperator, products: number): Promise<Float64Array> {
  try {
    let vector = vectorOf(member);
    for (let product = 0; product < products; product++)
      vector = (await member.matmat([vector]))[0] as Float64Array;
    return vector;
  } finally {
    sweep.leave(member);
  }
}

async function alone(operator: CurvatureOperator, products: number): Promise<Float64Array> {
  let vector = vectorOf(operator);
  for (let product = 0; product < products; product++)
    vector = (await operator.matmat([vector]))[0] as Float64Array;
  return vector;
}

describe('a sweep', () => {
  it('gives each operator the products it would have alone, jobs of different lengths too', async () => {
    const lengths = [3, 1, 2, 3];
    const expected = [];
    for (const [index, operator] of operators.entries())
      expected.push(await alone(operator, lengths[index] as number));
    const sweep = new Sweep(operators, roundsOf(curvature.primal, operators));
    const found = await Promise.all(
      sweep.members.map((member, index) => job(sweep, member, lengths[index] as number)),
    );
    expect(found).toEqual(expected);
  });

  it('runs the primal part once for each micro-batch and round, whatever the number of operators', async () => {
    const counter = countPrimalRuns();
    const sweep = new Sweep(operators, roundsOf(curvature.primal, operators));
    await Promise.all(sweep.members.map((member) => job(sweep, member, 2)));
    expect(counter.runs).toBe(2 * data.microBatchCount);
  });

  it('goes on without a job that failed or ended before its first product', async () => {
    const sweep = new Sweep(operators, roundsOf(curvature.primal, operators));
    const [first, second, ...others] = sweep.members as [BlockOperator, BlockOperator, ...BlockOperator[]];
    const running = others.map((member) => job(sweep, member, 1));
    sweep.leave(first);
    sweep.leave(second);
    expect(await Promise.all(running)).toHaveLength(others.length);
  });

  it('tells every waiting job of a failure', async () => {
    const broken = new Sweep(operators, () => Promise.reject(new Error('no memory')));
    const results = await Promise.allSettled(broken.members.map((member) => job(broken, member, 1)));
    expect(results.map(({ status }) => status)).toEqual(operators.map(() => 'rejected'));
  });
});
