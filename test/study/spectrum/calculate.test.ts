import { describe, expect, test } from 'vitest';
import { type Calculation, calculateCost } from '../../../src/study/spectrum/calculate.ts';
import { openSubject } from '../../../src/study/spectrum/prepare.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';

async function calculated(
  input: Readonly<Record<string, unknown>>,
  rateGflops: number,
  examples: number | null = null,
): Promise<Calculation> {
  const request = parseSpectrumRequest(input);
  return calculateCost(await openSubject(request), request, { rateGflops, examples });
}

const hoursOf = ({ ways }: Calculation, title: string) =>
  ways.find((way) => way.title.startsWith(title))?.hours ?? Number.NaN;

/** Peak rates of float32 on the paper's cards, which large products come near to: V100 and A100. */
const [V100, A100] = [15_700, 19_500];
const DAY = 24;

describe('the cost of the paper’s own runs, by its procedure, is what the paper says within a third', () => {
  test('GPT2-nano on 163,840 tokens, blocks with even indices: about 12 hours on a V100', async () => {
    const found = await calculated({ model: 'gpt-nano', batch: 8, blocks: 'even' }, V100, 163_840 / 256);
    expect(found).toMatchObject({ operators: 20, products: 20_000, examples: 640 });
    const hours = hoursOf(found, 'the paper');
    expect(hours / 12).toBeGreaterThan(2 / 3);
    expect(hours / 12).toBeLessThan(4 / 3);
  });

  test('GPT2 on 245,760 tokens, 25 blocks and the whole: about 7 days on an A100', async () => {
    const found = await calculated({ model: 'gpt2-paper', batch: 1, blocks: 'paper' }, A100, 245_760 / 1024);
    expect(found).toMatchObject({ operators: 26, products: 26_000 });
    const days = hoursOf(found, 'the paper') / DAY;
    expect(days / 7).toBeGreaterThan(2 / 3);
    expect(days / 7).toBeLessThan(4 / 3);
  });

  test('GPT2 on 9 billion tokens: 9,000 days of one A100, not of eight', async () => {
    const found = await calculated({ model: 'gpt2-paper', batch: 1, blocks: 'none' }, A100, 9e9 / 1024);
    const gpuDays = hoursOf(found, 'the paper') / DAY;
    expect(Math.abs(gpuDays - 9000)).toBeLessThan(Math.abs(gpuDays - 8 * 9000) / 2);
    expect(gpuDays / 9000).toBeGreaterThan(2 / 3);
    expect(gpuDays / 9000).toBeLessThan(3 / 2);
  });
});

test('a block’s product costs less the higher it stands, and pruned work less than whole products', async () => {
  const found = await calculated({ model: 'gpt-pico' }, 100);
  const [pruned, whole, again] = found.ways.map(({ flops }) => flops) as [number, number, number];
  expect(pruned).toBeLessThan(whole);
  expect(whole).toBeLessThan(again);
});

test('time is the arithmetic over the rate, and grows with the examples', async () => {
  const [once, twice] = await Promise.all([8, 16].map((count) => calculated({ model: 'mlp' }, 50, count)));
  const way = once?.ways[0];
  expect(way?.hours).toBeCloseTo((way?.flops ?? 0) / 50e9 / 3600, 12);
  expect((twice?.ways[0]?.flops ?? 0) / (way?.flops ?? 1)).toBeCloseTo(2, 12);
});

test.each([
  [0, null, /'--rate': expected a positive number, found 0/],
  [10, -3, /'--examples'/],
])('a rate of %d and %s examples are refused', async (rate, examples, message) => {
  await expect(calculated({ model: 'mlp' }, rate, examples)).rejects.toThrow(message);
});
