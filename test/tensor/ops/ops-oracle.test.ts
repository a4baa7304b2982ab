/** Operations against PyTorch's values and derivatives, at ordinary and at extreme points (oracle/make_op_fixtures.py). */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { vjp } from '../../../src/tensor/autodiff/gradient.ts';
import { jvp } from '../../../src/tensor/autodiff/jvp.ts';
import { interpreter } from '../../../src/tensor/engine/interpreter.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import { readSafetensors } from '../../../src/tensor/files/safetensors.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import type { OpBuilder } from '../../../src/tensor/ops/syntax.ts';
import { evaluate } from '../evaluate.ts';
import { relativeError } from './samples.ts';

interface OpCase {
  readonly op: string;
  readonly approximate?: 'none' | 'tanh';
  readonly epsilon?: number;
}

const path = fileURLToPath(new URL('../../fixtures/ops.safetensors', import.meta.url));
const { tensors, metadata } = await readSafetensors(path);
const cases = Object.entries(JSON.parse(metadata.cases as string) as Record<string, OpCase>);
const engines = [interpreter, onnxRuntimeEngine({ threads: 1 })];

/**
 * Both sides compute in float64 by different formulas: a few hundred roundings of 1e-16. A mean of 1000 (the offset
 * case) costs LayerNorm three more digits on either side.
 */
const toleranceOf = (name: string) => (name === 'layer_norm_offset' ? 1e-11 : 1e-12);

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

describe.each(cases)('%s', (name, settings) => {
  const tensor = (part: string): HostTensor => {
    const found = tensors.get(`${name}.${part}`);
    if (!found) throw new Error(`expected ${name}.${part} in the fixture`);
    return found;
  };
  const variables = ['x', 'weight', 'bias'].filter((part) => tensors.has(`${name}.${part}`));

  it.each(engines)('value and derivatives to second order on $name', async (engine) => {
    const b = newBuilder();
    const feeds: Record<string, HostTensor> = {};
    const input = (part: string): Node => {
      feeds[part] = tensor(part);
      return b.input(part, tensor(part));
    };
    const output = apply(b, settings, input);
    const primals = variables.map(input);
    const seeds = new Map(primals.map((primal, i) => [primal, input(`direction.${variables[i]}`)]));
    const pulled = vjp(b, [output], primals, [input('cotangent')]) as Node[];
    const nodes: [string, Node | null][] = [
      ['expected.output', output],
      ['expected.jvp', jvp(b, [output], seeds)[0] ?? null],
      ...pulled.map((node, i): [string, Node] => [`expected.vjp.${variables[i]}`, node]),
      ...jvp(b, pulled, seeds).map((node, i): [string, Node | null] => [
        `expected.second.${variables[i]}`,
        node,
      ]),
    ];
    const present = nodes.flatMap(([part, node]) => (node ? [{ part, node }] : []));
    const found = await evaluate(
      present.map(({ node }) => node),
      feeds,
      engine,
    );
    for (const [i, { part }] of present.entries())
      expect(relativeError(found[i] as HostTensor, tensor(part)), part).toBeLessThan(toleranceOf(name));
    // A derivative that is structurally zero here must be zero there.
    for (const [part, node] of nodes)
      if (!node) expect(Math.max(...Array.from(tensor(part).data as Float64Array, Math.abs))).toBe(0);
  });
});
