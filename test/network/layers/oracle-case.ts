/** A layer applied to a case of the convolution fixture (oracle/make_convolution_fixtures.py). */
import { fileURLToPath } from 'node:url';
import { type Trace, withoutDropout } from '../../../src/network/models/model.ts';
import { readSafetensors } from '../../../src/tensor/files/safetensors.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate } from '../../tensor/evaluate.ts';
import { relativeError } from '../../tensor/ops/samples.ts';

const path = fileURLToPath(new URL('../../fixtures/convolution.safetensors', import.meta.url));
const { tensors } = await readSafetensors(path);

/** What a layer is applied to: the case's inputs by name, and a trace with `layer.weight` and `layer.bias`. */
export interface LayerCase {
  readonly trace: Trace;
  get(name: string): Node;
}

/** Largest difference from PyTorch's result, relative to its largest magnitude or 1. */
export async function layerError(
  name: string,
  parameters: readonly ('weight' | 'bias')[],
  apply: (layer: LayerCase) => Node,
): Promise<number> {
  const b = newBuilder();
  const feeds: Record<string, HostTensor> = {};
  const get = (part: string): Node => {
    const value = tensors.get(`${name}.${part}`);
    if (!value) throw new Error(`expected ${name}.${part} in the fixture`);
    feeds[part] = value;
    return b.input(part, value);
  };
  const named = Object.fromEntries(parameters.map((part) => [`layer.${part}`, get(part)]));
  const trace: Trace = { b, parameters: named, batch: {}, dropout: withoutDropout };
  const [found] = await evaluate([apply({ trace, get })], feeds);
  return relativeError(found as HostTensor, tensors.get(`${name}.expected.output`) as HostTensor);
}

/** A trace without parameters and an image, for what layers refuse. */
export function emptyTrace(): { trace: Trace; image: Node } {
  const b = newBuilder();
  const image = b.input('image', { dtype: 'float64', shape: [2, 6, 4, 4] });
  return { trace: { b, parameters: {}, batch: {}, dropout: withoutDropout }, image };
}

/** Both sides compute in float64, sums of at most a few hundred terms. */
export const LAYER_TOLERANCE = 1e-12;
