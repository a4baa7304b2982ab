import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../../../src/tensor/graph/node.ts';
import type { DType, HostTensor } from '../../../../src/tensor/graph/type.ts';
import { convertGraph } from '../../../../src/tensor/onnx/import/convert.ts';
import { CONVERTER_FAMILIES } from '../../../../src/tensor/onnx/import/converters/index.ts';
import { decodeOnnx } from '../../../../src/tensor/onnx/import/decode.ts';
import { newBuilder } from '../../../../src/tensor/ops/index.ts';
import { evaluate, numbers } from '../../evaluate.ts';
import { modelOf, OPERATOR_CASES, type OperatorCase } from './operator-cases.ts';

async function byOnnxRuntime(test: OperatorCase): Promise<HostTensor[]> {
  const { bytes, names, feeds } = modelOf(test);
  const session = await ort.InferenceSession.create(bytes, {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'disabled',
  });
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
      name,
      new ort.Tensor(dtype, data as Float32Array, [...shape]),
    ]),
  );
  const results = await session.run(tensors);
  await session.release();
  return names.map((name) => {
    const { type, dims, data } = results[name] as ort.Tensor;
    return { dtype: type as DType, shape: dims, data: data as Float32Array };
  });
}

async function byConversion(test: OperatorCase): Promise<HostTensor[]> {
  const { bytes, names, feeds } = modelOf(test);
  const b = newBuilder();
  const given = new Map<string, Node>(
    Object.entries(feeds).map(([name, { dtype, shape }]) => [name, b.input(name, { dtype, shape })]),
  );
  return evaluate(convertGraph(decodeOnnx(bytes), names, { b, dtype: 'float32', given }), feeds);
}

function describeCase({ op, inputs, attributes = {}, opset, constant = [] }: OperatorCase): string {
  const shapes = inputs.map((tensor, i) =>
    tensor ? `[${tensor.shape}]${constant.includes(i) ? ' known' : ''}` : '–',
  );
  const settings = Object.entries(attributes).map(
    ([name, value]) => `${name} ${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? Number(v) : v))}`,
  );
  return `${op} of ${shapes.join(', ')} ${settings.join(', ')}${opset ? ` in operator set ${opset}` : ''}`;
}

describe('each operator computes what ONNX Runtime computes', () => {
  it.each(OPERATOR_CASES.map((test) => [describeCase(test), test] as const))('%s', async (_, test) => {
    const [expected, found] = [await byOnnxRuntime(test), await byConversion(test)];
    for (const [index, wanted] of expected.entries()) {
      const got = found[index] as HostTensor;
      expect(got.shape).toEqual([...wanted.shape]);
      expect(got.dtype).toBe(wanted.dtype);
      const [reference, values] = [numbers(wanted), numbers(got)];
      const scale = Math.max(1, ...reference.map(Math.abs).filter(Number.isFinite));
      // ONNX Runtime computes in float32 (6e-8 for each rounding), here over sums of at most some dozen terms.
      for (const [i, value] of reference.entries())
        if (Number.isFinite(value))
          expect(Math.abs((values[i] as number) - value)).toBeLessThan(1e-5 * scale);
        else expect(values[i]).toBe(value);
    }
  });
});

it('every operator of the table is among them, but for what is random, branches, or newer than the runtime', () => {
  const tried = new Set(OPERATOR_CASES.map(({ op }) => op));
  const untried = Object.values(CONVERTER_FAMILIES)
    .flatMap((table) => Object.keys(table))
    .filter((op) => !tried.has(op));
  expect(untried.sort()).toEqual([
    'Bernoulli',
    'If',
    'RMSNormalization',
    'RandomNormal',
    'RandomNormalLike',
    'RandomUniform',
    'RandomUniformLike',
    'Swish',
  ]);
});
