import { expect, it } from 'vitest';
import { countryInstructions } from '../../../src/network/data/countries.ts';
import { openDataset } from '../../../src/network/data/index.ts';
import type { Exchange } from '../../../src/network/data/text-source.ts';

it('asks different things of every country, and answers all of them', async () => {
  const exchanges: Exchange[] = [];
  for await (const exchange of countryInstructions().exchanges!()) exchanges.push(exchange);
  expect(exchanges.length).toBeGreaterThan(1200);
  expect(new Set(exchanges.map(({ prompt }) => prompt)).size).toBe(exchanges.length);
  for (const { answer } of exchanges) expect(answer).toMatch(/\S/);
  const answerTo = (question: string) =>
    exchanges.find(({ prompt }) => prompt.includes(`\n${question}\n`))?.answer;
  expect(answerTo('What is the capital of Peru?')).toBe('The capital of Peru is Lima.');
  expect(answerTo('Which languages are spoken in Switzerland?')).toBe('German, French, Italian');
});

it('is a data set by name, with bytes as tokens', async () => {
  const data = await openDataset({
    source: 'countries',
    batchSize: 4,
    microBatches: 2,
    contextLength: 128,
    tokenizer: 'byte',
  });
  expect(data).toMatchObject({ kind: 'text', vocabularySize: 257, microBatchCount: 2 });
  // Only the tokens of answers count.
  const { counted } = data.microBatch(0).tensors;
  expect(counted?.data.length).toBe(4 * 128);
});
