/** A block's graph holds what lies above it and nothing below. */
import { fileURLToPath } from 'node:url';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { emitOnnx } from '../../src/tensor/onnx/emit.ts';
import { readParityCase } from './parity-case.ts';
import { curvatureOf } from './parity-errors.ts';

const path = fileURLToPath(new URL('../fixtures/parity/gpt.safetensors', import.meta.url));
const parity = await readParityCase(path);
const curvature = curvatureOf(parity, onnxRuntimeEngine({ threads: 1 }), 'float64');
const lastLayer = Math.max(...parity.model.parameters.map(({ layer }) => layer ?? 0));

afterAll(() => curvature.release());

/** Matrix products of the emitted graph of a block, and the names that it reads. */
function emitted(name: string) {
  const parameter = parity.model.parameters.find((candidate) => candidate.name === name);
  if (!parameter) throw new Error(`the case has no parameter ${name}`);
  const bytes = emitOnnx(curvature.block(parameter).linearization.tangentGraph);
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  const nodes = graph?.node ?? [];
  return {
    products: nodes.filter(({ opType }) => ['MatMul', 'Gemm', 'FusedMatMul'].includes(opType)).length,
    read: (graph?.input ?? []).map((input) => input.name),
  };
}

describe('the emitted graph of the last block', () => {
  const last = emitted(`transformer.h.${lastLayer - 1}.mlp.proj.weight`);

  it('has the four matrix products that lie above it, and none of an earlier layer', () => {
    // hidden x dW, then the logits, their cotangent back to the last rows, and hidden x that cotangent.
    expect(last.products).toBe(4);
    const whole = emitted('transformer.wte.weight').products;
    expect(whole).toBeGreaterThan(4 * lastLayer * 6);
  });

  it('reads no weight of an earlier layer, nor of its own layer below', () => {
    const weights = last.read.filter((name) => name.startsWith('transformer.'));
    expect(weights.filter((name) => name.startsWith('transformer.h.'))).toEqual([]);
    // The tied output, and the gain of the last normalisation.
    expect(weights.sort()).toEqual(['transformer.ln_f.weight', 'transformer.wte.weight']);
  });
});
