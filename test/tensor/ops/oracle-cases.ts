/** Runs the cases of a fixture of single operations (oracle/make_op_fixtures.py says what a case holds). */
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

/** Builds what a case computes; `get` gives its inputs by name. */
export type ApplyCase<Settings> = (b: OpBuilder, settings: Settings, get: (name: string) => Node) => Node;

const engines = [interpreter, onnxRuntimeEngine({ threads: 1 })];

/**
 * Tests value, tangent, cotangents and second derivatives of every case of a fixture on both engines.
 *
 * @param fixture name of a file under test/fixtures.
 * @param toleranceOf largest difference allowed for a case, relative to the largest magnitude or 1.
 */
export async function describeOracleCases<Settings>(
  fixture: string,
  apply: ApplyCase<Settings>,
  toleranceOf: (name: string) => number,
): Promise<void> {
  const path = fileURLToPath(new URL(`../../fixtures/${fixture}`, import.meta.url));
  const { tensors, metadata } = await readSafetensors(path);
  const cases = Object.entries(JSON.parse(metadata.cases as string) as Record<string, Settings>);

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
      for (const [i, { part }] of present.entries()) {
        expect(found[i]?.shape, part).toEqual(tensor(part).shape);
        expect(relativeError(found[i] as HostTensor, tensor(part)), part).toBeLessThan(toleranceOf(name));
      }
      // A derivative that is structurally zero here must be zero there.
      for (const [part, node] of nodes)
        if (!node) expect(Math.max(...Array.from(tensor(part).data as Float64Array, Math.abs))).toBe(0);
    });
  });
}
