/** Writes docs/ops.md from the registry of operations: `npm run docs:ops`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { graphOf } from '../src/tensor/graph/node.ts';
import type { DType, FloatDType } from '../src/tensor/graph/type.ts';
import { emitOnnx, ONNX_OPSET } from '../src/tensor/onnx/emit.ts';
import type { OpDefinition, Sample, SampleInput } from '../src/tensor/ops/define/operation.ts';
import { newBuilder, OPS } from '../src/tensor/ops/index.ts';

/** The document as it should stand. */
export function opsDocument(): string {
  const rows = (Object.values(OPS) as readonly OpDefinition[]).map((op) => {
    const cells = [`\`${op.name}\``, op.kind, op.summary, operators(op, 'float32'), operators(op, 'float64')];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `# Operations

Made by \`npm run docs:ops\` from \`src/tensor/ops\`; a test keeps it up to date. The kinds and what is derived from
each are explained in [engine.md](engine.md). ONNX operators are those of opset ${ONNX_OPSET}, for the operation's first sample.

| operation | kind | what it computes | ONNX in float32 | ONNX in float64 |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** The ONNX operators that an operation is written as, each once. */
function operators(op: OpDefinition, dtype: FloatDType): string {
  const sample = op.samples[0] as Sample;
  const b = newBuilder();
  const inputs = sample.inputs.map((input, i) =>
    b.input(`x${i}`, { dtype: inputType(input, dtype), shape: input.shape }),
  );
  const attributes = Object.fromEntries(
    Object.entries(sample.attributes ?? {}).map(([key, value]) => [key, value === 'float64' ? dtype : value]),
  );
  const graph = graphOf(op.name, inputs, [{ name: 'y', node: b.apply(op.name, inputs, attributes) }]);
  const nodes = fromBinary(ModelProtoSchema, emitOnnx(graph)).graph?.node ?? [];
  const names = nodes.map((node) => node.opType).filter((name) => name !== 'Identity');
  return [...new Set(names)].join(', ');
}

function inputType(input: SampleInput, dtype: FloatDType): DType {
  if ('below' in input) return 'int64';
  return 'bool' in input ? 'bool' : dtype;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/ops.md', import.meta.url), opsDocument());
