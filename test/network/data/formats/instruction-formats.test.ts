import { describe, expect, it } from 'vitest';
import { kindOfSource, openDataset } from '../../../../src/network/data/index.ts';
import { refusal, temporaryPlace } from './places.ts';

const place = temporaryPlace();
const ONE = { contextLength: 400, batchSize: 1, microBatches: 'all' } as const;

/** As Alpaca and AlpacaEval write them. */
const ENTRIES = [
  { instruction: 'Give three tips.', input: '', output: 'Sleep.' },
  { dataset: 'helpful_base', output: 'It is 4.', generator: 'someone', instruction: 'Add.', input: '2 + 2' },
  { instruction: 'Say nothing.', input: '', output: ' ' },
];

describe('instructions in JSON', () => {
  it("become Alpaca's prompts, with the answers to be found; empty answers are passed over", async () => {
    const path = await place.write('alpaca.json', JSON.stringify(ENTRIES));
    expect(await kindOfSource(path)).toBe('text');
    const data = await openDataset({ source: path, ...ONE });
    if (data.kind !== 'text') throw new Error(`expected text, found ${data.kind}`);
    expect(data.microBatchCount).toBe(2);
    const shown = [0, 1].map((index) => {
      const { tokens, targets, counted } = data.microBatch(index).tensors;
      const text = (values: BigInt64Array) =>
        data.tokenizer.decode(values.filter((token) => Number(token) < data.tokenizer.vocabularySize));
      const answer = (targets!.data as BigInt64Array).filter((_, at) => counted!.data[at] === 1);
      return [text(tokens!.data as BigInt64Array), text(answer)];
    });
    expect(shown).toEqual([
      [
        'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nGive three tips.\n\n### Response:\nSleep.',
        'Sleep.',
      ],
      [
        'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd.\n\n### Input:\n2 + 2\n\n### Response:\nIt is 4.',
        'It is 4.',
      ],
    ]);
  });

  it('are text with sentences for models of masked tokens', async () => {
    const path = await place.write(
      'masked.json',
      JSON.stringify(Array.from({ length: 20 }, () => ENTRIES[0])),
    );
    const request = { source: path, contextLength: 32, batchSize: 2, microBatches: 1 };
    expect(await openDataset({ ...request, task: 'masked-language' })).toMatchObject({
      kind: 'masked-language',
    });
  });

  it('are refused with the entry that is not as it should be', async () => {
    const missing = await place.write('missing.json', JSON.stringify([ENTRIES[0], { instruction: 'Add.' }]));
    expect(await refusal({ source: missing, ...ONE })).toMatch(
      /missing\.json: expected an array of objects with "instruction".* at entry 2, "output"/,
    );
    const torn = await place.write('torn.json', '[{"instruction": "a", "output": ');
    expect(await refusal({ source: torn, ...ONE })).toContain(
      'expected JSON, found text that does not parse',
    );
  });
});
