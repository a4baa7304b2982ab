import { describe, expect, it } from 'vitest';
import {
  type GridResult,
  gapOf,
  gridOf,
  judge,
  parseComparisonRequest,
  relativeGapOf,
} from '../../src/study/training/comparison.ts';

const point = (optimizer: string, learningRate: number, finalLoss: number | null): GridResult => ({
  name: `${optimizer}-${learningRate}`,
  optimizer,
  learningRate,
  steps: 10,
  hasDiverged: finalLoss === null,
  finalLoss,
  finalAccuracy: null,
});

describe('a comparison of optimizers', () => {
  it('gives each as many learning rates, and the rest of the request to all', () => {
    const grid = gridOf(parseComparisonRequest({ model: 'mlp', steps: 7, optimizers: ['sgd', 'adamw'] }));
    const count = (name: string) => grid.filter(({ optimizer }) => optimizer === name).length;
    expect(count('sgd')).toBe(count('adamw'));
    expect(new Set(grid.map(({ name }) => name)).size).toBe(grid.length);
    for (const { request } of grid) expect(request).toMatchObject({ model: 'mlp', steps: 7, batch: 32 });
  });

  it('finds the best of each, and says when it is at the edge of the grid', () => {
    const [sgd, adam] = judge([
      point('sgd', 0.1, 2),
      point('sgd', 1, null),
      point('sgd', 0.3, 1.5),
      point('adamw', 0.001, 1.2),
      point('adamw', 0.01, 1.4),
    ]);
    expect(sgd).toMatchObject({ optimizer: 'sgd', best: { learningRate: 0.3 }, isAtEdge: false });
    expect(adam).toMatchObject({ optimizer: 'adamw', best: { learningRate: 0.001 }, isAtEdge: true });
  });

  it('finds the best among those that were trained longest', () => {
    const short = { ...point('sgd', 0.1, 1), steps: 5 };
    const [sgd] = judge([point('sgd', 0.01, 3), short, point('sgd', 1, 2)]);
    expect(sgd).toMatchObject({ best: { learningRate: 1 }, isAtEdge: true });
  });

  it('tells the gap between the best, and none where one of them is missing', () => {
    const verdicts = judge([point('sgd', 1, 2), point('adamw', 1, 1.25), point('adam', 1, null)]);
    expect(gapOf(verdicts, 'sgd', 'adamw')).toBe(0.75);
    expect(gapOf(verdicts, 'sgd', 'adam')).toBeNull();
    expect(gapOf(verdicts, 'sgd', 'rmsprop')).toBeNull();
  });

  it('tells the gap as a share of what the better one has gained, where it has gained anything', () => {
    const verdicts = judge([point('sgd', 1, 2), point('adamw', 1, 1.25), point('adam', 1, null)]);
    // From 4.25 AdamW has gained 3 nats; SGD is 0.75 behind.
    expect(relativeGapOf(verdicts, 'sgd', 'adamw', 4.25)).toBe(0.25);
    expect(relativeGapOf(verdicts, 'sgd', 'adamw', 1.25)).toBeNull();
    expect(relativeGapOf(verdicts, 'sgd', 'adamw', null)).toBeNull();
    expect(relativeGapOf(verdicts, 'sgd', 'adam', 4.25)).toBeNull();
  });
});
