/** Real weights: the sentence embeddings of MiniLM, 22M parameters, by hesscope's graph and by PyTorch. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenizerFromJson } from '../src/network/data/tokenizers/tokenizer-json.ts';
import { type BertConfig, bertEncoder } from '../src/network/models/bert.ts';
import { withoutDropout } from '../src/network/models/model.ts';
import { openPreset } from '../src/network/models/open.ts';
import { loadWeights } from '../src/network/models/weights/index.ts';
import { onnxRuntimeEngine } from '../src/tensor/engine/onnxruntime.ts';
import { readSafetensors } from '../src/tensor/files/safetensors.ts';
import { inputName } from '../src/tensor/graph/node.ts';
import type { FloatDType, HostTensor } from '../src/tensor/graph/type.ts';
import { newBuilder } from '../src/tensor/ops/index.ts';
import { evaluate } from '../test/tensor/evaluate.ts';

const CONTEXT = 32;
const SENTENCES = [
  'Call me Ishmael.',
  'The Hessian of a neural network has a few large eigenvalues and many near zero.',
  'Is SGD enough, or do we need Adam?',
  'Zürich, naïve café: 3.14 % -- "quoted", isn\'t it?',
  'unbelievablyunsegmentable antidisestablishmentarianism 東京 🐳',
  'a',
];

const python = process.env.HESSCOPE_PYTHON ?? '.venv/bin/python';
const engine = onnxRuntimeEngine({ threads: 2 });
let scratch: string;
let modelFolder: string;
let expected: { readonly embeddings: HostTensor; readonly tokens: HostTensor };

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'hesscope-minilm-'));
  const sentences = join(scratch, 'sentences.txt');
  const out = join(scratch, 'embeddings.safetensors');
  writeFileSync(sentences, `${SENTENCES.join('\n')}\n`);
  const options = ['--sentences', sentences, '--out', out, '--context', String(CONTEXT)];
  modelFolder = execFileSync(python, ['oracle/minilm_embeddings.py', ...options], {
    encoding: 'utf8',
  }).trim();
  const { tensors } = await readSafetensors(out);
  expected = {
    embeddings: tensors.get('embeddings') as HostTensor,
    tokens: tensors.get('tokens') as HostTensor,
  };
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true }));

/** `[CLS] ... [SEP]`, padded with 0, sentence by sentence. */
async function tokenIds(): Promise<number[]> {
  const { encode, specialTokens } = await tokenizerFromJson(join(modelFolder, 'tokenizer.json'));
  if (!specialTokens) throw new Error('expected the special tokens of BERT, found none');
  return SENTENCES.flatMap((sentence) => {
    const framed = [specialTokens.classify, ...encode(sentence), specialTokens.separate];
    return [...framed, ...Array<number>(CONTEXT - framed.length).fill(0)];
  });
}

const int64 = (values: readonly number[]): HostTensor => ({
  dtype: 'int64',
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** The mean over each sentence's tokens of what the encoder finds. */
async function embeddingsIn(precision: FloatDType): Promise<number[][]> {
  const model = (await openPreset(modelFolder)).create({}, { contextLength: CONTEXT });
  const { values } = await loadWeights(model, modelFolder, 0, precision);
  const ids = await tokenIds();
  const batch: Record<string, HostTensor> = {
    tokens: int64(ids),
    segments: int64(ids.map(() => 0)),
    attentionMask: int64(ids.map((id) => (id === 0 ? 0 : 1))),
  };
  const b = newBuilder();
  const inputs = Object.entries(batch).map(([name, type]) => [name, b.input(`batch.${name}`, type)] as const);
  const parameters = model.parameters.map(({ name, shape }) => b.input(name, { dtype: precision, shape }));
  const hidden = bertEncoder(
    {
      b,
      parameters: Object.fromEntries(parameters.map((node) => [inputName(node), node])),
      batch: Object.fromEntries(inputs),
      dropout: withoutDropout,
    },
    model.config as unknown as BertConfig,
  );
  const feeds = Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [`batch.${name}`, tensor]));
  const [result] = await evaluate([hidden], { ...values, ...feeds }, engine);
  return SENTENCES.map((_, sentence) => meanOfRows(result as HostTensor, ids, sentence));
}

function meanOfRows({ shape, data }: HostTensor, ids: readonly number[], sentence: number): number[] {
  const width = shape[1] as number;
  const rows = Array.from({ length: CONTEXT }, (_, position) => sentence * CONTEXT + position).filter(
    (row) => ids[row] !== 0,
  );
  return Array.from(
    { length: width },
    (_, feature) => rows.reduce((sum, row) => sum + Number(data[row * width + feature]), 0) / rows.length,
  );
}

describe('MiniLM with its real weights', () => {
  it("has the tokens that Python's tokenizer finds", async () => {
    expect(await tokenIds()).toEqual(Array.from(expected.tokens.data as BigInt64Array, Number));
  });

  /**
   * Features are of the order of 1. Six layers of sums of up to 1,536 products leave about sqrt(6 * 1,536) roundings:
   * 1e-14 in float64 and 6e-6 in float32; the bounds are those of all parity tests.
   */
  it.each([
    ['float64', 1e-9],
    ['float32', 1e-4],
  ] as const)("has PyTorch's sentence embeddings in %s", async (precision, tolerance) => {
    const found = (await embeddingsIn(precision)).flat();
    const { data } = expected.embeddings;
    const wanted = data as Float64Array;
    expect(found).toHaveLength(wanted.length);
    const errors = found.map((value, index) => Math.abs(value - (wanted[index] as number)));
    const largest = errors.reduce((worst, error) => Math.max(worst, error), 0);
    process.stdout.write(`largest difference of an embedding's feature in ${precision}: ${largest}\n`);
    expect(largest).toBeLessThan(tolerance);
    // Embeddings that are all alike would agree too.
    expect(new Set(Array.from(wanted, (value) => value.toFixed(6))).size).toBeGreaterThan(1000);
  });
});
