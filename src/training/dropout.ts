import type { Dropout } from '../network/models/model.ts';
import { RandomStream } from '../random/stream.ts';
import type { Node } from '../tensor/graph/node.ts';
import { allocate, type HostTensor, sizeOf, type TensorType } from '../tensor/graph/type.ts';
import type { OpBuilder } from '../tensor/ops/syntax.ts';

const PREFIX = 'dropout.';
/** A drawn word of 32 bits decides four places: rates are rounded to whole shares of 256. */
const LEVELS = 256;
const PLACES_PER_WORD = 4;

interface Mask {
  readonly node: Node;
  readonly site: string;
  readonly keepLevels: number;
}

/**
 * Dropout in training: a product with a mask that is fed, 0 for what is dropped and 1/(kept share) for the rest, so
 * that a step is a function of its feeds and the same seed gives the same training.
 */
export class DropoutMasks {
  private readonly masks: Mask[] = [];
  private readonly rate: number | null;

  /** @param rate of every place that has dropout; null takes the model's own rates. */
  constructor(rate: number | null) {
    this.rate = rate;
  }

  /** The dropout of a graph under construction; each place adds an input to it. */
  readonly of =
    (b: OpBuilder): Dropout =>
    (x, ownRate, site) => {
      const keepLevels = LEVELS - Math.round(LEVELS * (this.rate ?? ownRate));
      if (keepLevels >= LEVELS) return x;
      const node = b.input(`${PREFIX}${site}`, x.type);
      this.masks.push({ node, site, keepLevels });
      return b.mul(x, node);
    };

  /** The inputs that carry masks. */
  get inputs(): readonly Node[] {
    return this.masks.map(({ node }) => node);
  }

  /** The masks of one pass, drawn from streams named by the seed, the pass and the place. */
  feeds(seed: number, pass: number): Record<string, HostTensor> {
    return Object.fromEntries(
      this.masks.map(({ node, site, keepLevels }) => [
        `${PREFIX}${site}`,
        drawMask(node.type, keepLevels, new RandomStream(seed, 'dropout', site, pass)),
      ]),
    );
  }
}

function drawMask(type: TensorType, keepLevels: number, stream: RandomStream): HostTensor {
  const size = sizeOf(type.shape);
  const data = allocate(type.dtype, size) as Float32Array | Float64Array;
  const words = stream.integers(2 ** 32, Math.ceil(size / PLACES_PER_WORD));
  const kept = LEVELS / keepLevels;
  for (let i = 0; i < size; i++) {
    const byte = (words[Math.floor(i / PLACES_PER_WORD)]! >>> (8 * (i % PLACES_PER_WORD))) & (LEVELS - 1);
    data[i] = byte < keepLevels ? kept : 0;
  }
  return { ...type, data };
}
