import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LOSS_TARGETS } from '../../../../src/network/data/dataset.ts';
import { parseSpectrumRequest } from '../../../../src/study/spectrum/request.ts';
import { fittingLoss } from '../../../../web/playground/worker/drawn-arrays.ts';
import { openOwnNetwork } from '../../../../web/playground/worker/own-network.ts';
import { npyBytes } from '../../../network/data/npy-bytes.ts';

function held(name: string) {
  const path = fileURLToPath(new URL(`../../../fixtures/onnx/${name}`, import.meta.url));
  return { name, bytes: new Uint8Array(readFileSync(path)) };
}

const BARE = { inputs: [], targets: null, external: [], loss: null };
const ask = (changes = {}) => parseSpectrumRequest({ model: 'own.onnx', batch: 3, ...changes });

describe('a network of the reader’s', () => {
  it.each(['mlp_plain.torchscript.onnx', 'lenet.torchscript.onnx', 'distil_encoder.torchscript.onnx'])(
    '%s without arrays is given drawn ones that its loss can be traced with',
    async (name) => {
      const { model, data, weights } = await openOwnNetwork({ model: held(name), ...BARE }, ask());
      expect(model.config?.loss).toBe('cross-entropy');
      const { tensors } = data.microBatch(0);
      const targets = tensors[LOSS_TARGETS];
      expect(targets?.dtype).toBe('int64');
      expect(targets?.shape[0]).toBe(3);
      expect(Object.keys(weights?.values ?? {})).toEqual(model.parameters.map((parameter) => parameter.name));
    },
  );

  it('is given the same arrays for the same seed, and others for another', async () => {
    const own = { model: held('mlp_plain.torchscript.onnx'), ...BARE };
    const drawn = async (seed: number) => (await openOwnNetwork(own, ask({ seed }))).data.microBatch(0);
    expect(await drawn(1)).toEqual(await drawn(1));
    expect(await drawn(1)).not.toEqual(await drawn(2));
  });

  it('takes the arrays that came with it', async () => {
    const model = held('mlp_plain.torchscript.onnx');
    const { data: drawn } = await openOwnNetwork({ model, ...BARE }, ask());
    const name = Object.keys(drawn.microBatch(0).tensors)[0] as string;
    const width = drawn.microBatch(0).tensors[name]?.shape[1] as number;
    const x = Float32Array.from({ length: 4 * width }, (_, index) => index / 7);
    const y = BigInt64Array.of(0n, 1n, 0n, 1n);
    const { data } = await openOwnNetwork(
      {
        ...BARE,
        model,
        inputs: [{ name: 'x.npy', bytes: npyBytes('<f4', [4, width], x) }],
        targets: { name: 'y.npy', bytes: npyBytes('<i8', [4], y) },
      },
      ask({ batch: 4 }),
    );
    expect(data.microBatch(0).tensors[name]?.data).toEqual(x);
    expect(data.microBatch(0).tensors[LOSS_TARGETS]?.data).toEqual(y);
  });

  it('that is none is refused', async () => {
    const model = { name: 'cat.onnx', bytes: new TextEncoder().encode('meow') };
    await expect(openOwnNetwork({ model, ...BARE }, ask())).rejects.toThrow(/Expected an ONNX model/);
  });
});

it('the loss that an output suggests: a scalar is one, several scores are classes, else a regression', () => {
  const loss = (shape: number[]) => fittingLoss({ dtype: 'float32', shape });
  expect([loss([]), loss([1]), loss([8, 10]), loss([2, 5, 7]), loss([8, 1]), loss([8])]).toEqual([
    'none',
    'none',
    'cross-entropy',
    'cross-entropy',
    'mse',
    'mse',
  ]);
});
