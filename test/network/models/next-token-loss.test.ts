import { describe, expect, it } from 'vitest';
import { ModelCurvature } from '../../../src/curvature/model-curvature.ts';
import { batchFeeds, LOSS_OUTPUT, traceModel } from '../../../src/curvature/trace.ts';
import { answerDataset, type ExchangeSource } from '../../../src/network/data/answers.ts';
import { MODEL_PRESETS } from '../../../src/network/models/index.ts';
import { initialiseParameters } from '../../../src/network/models/parameters.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import { ancestors, graphOf } from '../../../src/tensor/graph/node.ts';

const engine = onnxRuntimeEngine({ threads: 1 });
const EXCHANGES = [
  { prompt: 'Which whale is white?\n', answer: 'Moby-Dick.' },
  { prompt: 'Who tells it?\n', answer: 'Ishmael, alone.' },
  { prompt: 'Who hunts?\n', answer: 'Ahab.' },
  { prompt: 'Where?\n', answer: 'In the Pacific.' },
];
const source: ExchangeSource = {
  name: 'whales',
  description: 'questions on whales',
  *pieces() {
    for (const { prompt, answer } of EXCHANGES) yield `${prompt}${answer}`;
  },
  async *exchanges() {
    yield* EXCHANGES;
  },
};

const cut = (batchSize: number, contextLength: number) =>
  answerDataset(source, { batchSize, microBatches: 4 / batchSize, contextLength });

describe.each(['gpt-pico', 'mamba-pico'])('the loss of %s on answers', (name) => {
  const preset = MODEL_PRESETS[name]!;
  const opened = async (batchSize: number) => {
    const data = await cut(batchSize, preset.contextLength!);
    const model = preset.create({ vocabularySize: data.vocabularySize }, {});
    return { data, model, parameters: initialiseParameters(model, 3, 'float64') };
  };

  it('is the mean over the tokens of the answers, by hand from the logits', async () => {
    const { data, model, parameters } = await opened(4);
    const batch = data.microBatch(0);
    const { loss, batchInputs, parameterInputs } = traceModel(model, batch.tensors, 'float64');
    const logits = ancestors([loss]).find(({ op }) => op === 'crossEntropy')!.inputs[0]!;
    const outputs = [
      { name: LOSS_OUTPUT, node: loss },
      { name: 'logits', node: logits },
    ];
    const executable = await engine.compile(graphOf('loss', [...batchInputs, ...parameterInputs], outputs));
    const feeds = { ...batchFeeds(batch, 'float64'), ...parameters };
    const results = await executable.run(
      Object.fromEntries(executable.inputNames.map((input) => [input, feeds[input]!])),
    );
    await executable.release();

    const values = results.logits!.data as Float64Array;
    const width = data.vocabularySize;
    const own = EXCHANGES.flatMap(({ prompt, answer }, sequence) => {
      const text = data.tokenizer.encode(`${prompt}${answer}`);
      const wanted = [...text, width - 1];
      // The token at a place is predicted at the place before it.
      return wanted.flatMap((token, place) => {
        if (place < prompt.length) return [];
        const start = (sequence * data.contextLength + place - 1) * width;
        const row = values.subarray(start, start + width);
        const logSum = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
        return [logSum - row[token]!];
      });
    });
    expect(own.length).toBe(batch.weight);
    const byHand = own.reduce((sum, value) => sum + value, 0) / own.length;
    // About 50 losses of 4 nats, each to a few units in the last of 53 bits.
    expect(Math.abs((results[LOSS_OUTPUT]!.data[0] as number) - byHand)).toBeLessThan(1e-13);
  });

  it('has the same Hessian in one micro-batch and in four, each weighted by its answers', async () => {
    const product = async (batchSize: number) => {
      const curvature = new ModelCurvature({ ...(await opened(batchSize)), engine, precision: 'float64' });
      const loss = await curvature.loss();
      const parameter = curvature.model.parameters[0]!;
      const block = curvature.block(parameter);
      const vector = Float64Array.from({ length: block.dim }, (_, index) => Math.sin(index));
      const [column] = await block.matmat([vector]);
      await block.release();
      await curvature.release();
      return { loss, column: column as Float64Array };
    };
    const [whole, parts] = [await product(4), await product(1)];
    const scale = Math.max(...whole.column.map(Math.abs));
    // Sums of some hundred terms in another order.
    expect(Math.abs(whole.loss - parts.loss)).toBeLessThan(1e-13);
    expect(Math.max(...whole.column.map((value, i) => Math.abs(value - parts.column[i]!)))).toBeLessThan(
      1e-12 * scale,
    );
    expect(scale).toBeGreaterThan(1e-6);
  });
});
