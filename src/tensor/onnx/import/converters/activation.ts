/** Activation functions. */
import type { Node } from '../../../graph/node.ts';
import { elu, hardSigmoid, hardSwish, leakyRelu } from '../../../ops/composites/activations.ts';
import type { Call } from './call.ts';
import type { Converter, ConverterTable } from './converter.ts';

const activation = (since: number, build: (call: Call, x: Node) => Node, limits?: string): Converter => ({
  since,
  ...(limits ? { limits } : {}),
  convert: (call) => build(call, call.input(0)),
});

/** SELU's constants, as ONNX states them. */
const SELU_ALPHA = 1.6732632423543772;
const SELU_GAMMA = 1.0507009873554805;

/** x where it is positive, else a learned slope times x; the slope belongs to the channel where it is a vector. */
function prelu(call: Call): Node {
  const { b } = call;
  const [x, slope] = [call.input(0), call.input(1)];
  const positive = b.step(x);
  return b.mul(x, b.add(positive, b.mul(slope, b.sub(1, positive))));
}

function hardSigmoidOf({ b, node }: Call, x: Node): Node {
  // ONNX's default slope is a fifth; PyTorch writes its own, a sixth, which a float32 attribute rounds.
  const slope = node.float('alpha', 0.2);
  const isSixth = Math.abs(slope - 1 / 6) < 1e-7;
  return hardSigmoid(b, x, isSixth ? 1 / 6 : slope, node.float('beta', 0.5));
}

function gelu({ b, node }: Call, x: Node): Node {
  const form = node.text('approximate', 'none');
  return b.gelu(x, form === 'tanh' ? 'tanh' : 'none');
}

export const ACTIVATION: ConverterTable = {
  Relu: activation(6, ({ b }, x) => b.relu(x)),
  Sigmoid: activation(6, ({ b }, x) => b.sigmoid(x)),
  Tanh: activation(6, ({ b }, x) => b.tanh(x)),
  LeakyRelu: activation(6, ({ b, node }, x) => leakyRelu(b, x, node.float('alpha', 0.01))),
  PRelu: activation(7, prelu),
  Elu: activation(6, ({ b, node }, x) => elu(b, x, node.float('alpha', 1))),
  Celu: activation(12, ({ b, node }, x) => {
    const alpha = node.float('alpha', 1);
    return b.mul(elu(b, b.div(x, alpha)), alpha);
  }),
  Selu: activation(6, ({ b, node }, x) =>
    b.mul(elu(b, x, node.float('alpha', SELU_ALPHA)), node.float('gamma', SELU_GAMMA)),
  ),
  Gelu: activation(20, gelu),
  HardSigmoid: activation(6, hardSigmoidOf),
  HardSwish: activation(14, ({ b }, x) => hardSwish(b, x)),
  Swish: activation(24, ({ b, node }, x) => {
    const alpha = node.float('alpha', 1);
    return alpha === 1 ? b.silu(x) : b.mul(x, b.sigmoid(b.mul(x, alpha)));
  }),
  Softplus: activation(1, ({ b }, x) => b.softplus(x)),
  Softsign: activation(1, ({ b }, x) => b.div(x, b.add(b.abs(x), 1))),
  Mish: activation(18, ({ b }, x) => b.mul(x, b.tanh(b.softplus(x)))),
  ThresholdedRelu: activation(10, ({ b, node }, x) =>
    b.mul(x, b.cast(b.greater(x, node.float('alpha', 1)), x.type.dtype)),
  ),
};
