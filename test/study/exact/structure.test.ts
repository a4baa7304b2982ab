import { describe, expect, it } from 'vitest';
import type { ParameterSpec } from '../../../src/network/models/model.ts';
import { groupParameters } from '../../../src/study/exact/groups.ts';
import { embed, extract, piecesOf } from '../../../src/study/exact/pieces.ts';
import { blockStructure } from '../../../src/study/exact/structure.ts';

const spec = (name: string, kind: string, layer: number | null, shape: number[]) =>
  ({ name, kind, layer, shape }) as unknown as ParameterSpec;

const PARAMETERS = [
  spec('wte', 'embedding', null, [5, 2]),
  spec('h.0.query', 'query', 1, [2, 2]),
  spec('h.0.key', 'key', 1, [2, 2]),
  spec('h.0.value', 'value', 1, [2, 2]),
  spec('h.0.proj', 'attention-projection', 1, [2, 2]),
  spec('h.0.fc', 'mlp-fc', 1, [3, 2]),
  spec('h.1.query', 'query', 2, [2, 2]),
];

describe('blocks of an exact Hessian', () => {
  it('are parameters, layers, or the groups of Figure 2', () => {
    const namesOf = (grouping: Parameters<typeof groupParameters>[1]) =>
      groupParameters(PARAMETERS, grouping).map(({ name }) => name);
    expect(namesOf('parameter')).toEqual(PARAMETERS.map(({ name }) => name));
    expect(namesOf('layer')).toEqual(['wte', 'layer 1', 'layer 2']);
    expect(namesOf('paper')).toEqual([
      'wte',
      'layer 1, query and key',
      'layer 1, value and projection',
      'layer 1, MLP',
      'layer 2, query and key',
    ]);
  });

  it('are units, with all that goes into one, wherever it stands', () => {
    const layers = [spec('fc1.weight', 'linear', 1, [2, 3]), spec('fc1.bias', 'bias', 1, [2])];
    const groups = groupParameters(layers, 'unit');
    expect(groups.map(({ name, start, size }) => [name, start, size])).toEqual([
      ['fc1, unit 1', 0, 4],
      ['fc1, unit 2', 4, 4],
    ]);
    // Weights 0 to 5 row by row, then the biases 6 and 7.
    const all = Float64Array.from({ length: 8 }, (_, index) => index);
    expect([...extract(all, piecesOf(layers, groups), 8)]).toEqual([0, 1, 2, 6, 3, 4, 5, 7]);
    expect([...embed(extract(all, piecesOf(layers, groups), 8), piecesOf(layers, groups), 8)]).toEqual([
      ...all,
    ]);
  });

  it('follow each other without gaps', () => {
    const groups = groupParameters(PARAMETERS, 'paper');
    expect(groups.map(({ start, size }) => [start, size])).toEqual([
      [0, 10],
      [10, 8],
      [18, 8],
      [26, 6],
      [32, 4],
    ]);
  });
});

describe('how block-diagonal a matrix is', () => {
  it('is the share of the squared norm in the diagonal blocks, beside that of equal entries', () => {
    // Blocks of one and two rows.
    const entries = Float64Array.of(2, 1, -1, 1, 3, 0, -1, 0, 4);
    const structure = blockStructure(entries, 3, [
      { start: 0, size: 1 },
      { start: 1, size: 2 },
    ]);
    expect(structure.squaredNorms).toEqual([
      [4, 2],
      [2, 25],
    ]);
    expect(structure.meanAbsolute).toEqual([
      [2, 1],
      [1, 7 / 4],
    ]);
    expect(structure.diagonalShare).toBeCloseTo(29 / 33, 15);
    expect(structure.structurelessShare).toBeCloseTo(1 / 9 + 4 / 9, 15);
    const equal = blockStructure(new Float64Array(9).fill(1), 3, [
      { start: 0, size: 1 },
      { start: 1, size: 2 },
    ]);
    expect(equal.diagonalShare).toBeCloseTo(equal.structurelessShare, 15);
  });

  it('is not defined for a matrix of zeros', () => {
    expect(blockStructure(new Float64Array(4), 2, [{ start: 0, size: 2 }]).diagonalShare).toBeNull();
  });
});
