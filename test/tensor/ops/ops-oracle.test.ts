/** Operations against PyTorch's values and derivatives, at ordinary and at extreme points (oracle/make_op_fixtures.py). */
import type { Node } from '../../../src/tensor/graph/node.ts';
import type { OpBuilder } from '../../../src/tensor/ops/syntax.ts';
import { describeOracleCases } from './oracle-cases.ts';

interface OpCase {
  readonly op: string;
  readonly approximate?: 'none' | 'tanh';
  readonly epsilon?: number;
}

function apply(b: OpBuilder, { op, approximate, epsilon }: OpCase, get: (name: string) => Node): Node {
  const x = get('x');
  switch (op) {
    case 'erf':
      return b.erf(x);
    case 'gelu':
      return b.gelu(x, approximate);
    case 'softmax':
      return b.softmax(x);
    case 'log_softmax':
      return b.logSoftmax(x);
    case 'cross_entropy':
      return b.reduceMean(b.crossEntropy(x, get('labels')), [0]);
    case 'layer_norm':
      return b.layerNorm(x, get('weight'), get('bias'), epsilon as number);
    default:
      throw new Error(`no operation for the oracle's '${op}'`);
  }
}

/**
 * Both sides compute in float64 by different formulas: a few hundred roundings of 1e-16. A mean of 1000 (the offset
 * case) costs LayerNorm three more digits on either side.
 */
const toleranceOf = (name: string) => (name === 'layer_norm_offset' ? 1e-11 : 1e-12);

await describeOracleCases('ops.safetensors', apply, toleranceOf);
