import { describe, expect, test } from 'vitest';
import {
  checkBlockName,
  checkBlockNames,
  checkFreePath,
  lanczosPath,
  runName,
  statePath,
} from '../../../src/app/runs/layout.ts';
import { UserError } from '../../../src/errors.ts';

describe('names in a run directory', () => {
  test('a run is named by the clock in UTC and by what is measured', () => {
    const time = new Date('2026-11-24T10:15:00.987Z');
    expect(runName('gpt-nano', time)).toBe('2026-11-24T10-15-00-gpt-nano');
    expect(runName('../my model.onnx', time)).toBe('2026-11-24T10-15-00-my-model.onnx');
    expect(runName('', time)).toBe('2026-11-24T10-15-00');
  });

  test('a probe stands below its block', () => {
    expect(lanczosPath('transformer.h.0.attn.query.weight', 3)).toBe(
      'lanczos/transformer.h.0.attn.query.weight/3.json',
    );
    expect(statePath('full', 0)).toBe('state/full/0.safetensors');
    expect(() => lanczosPath('full', -1)).toThrow('found -1');
  });

  test.each(['', '.', '..', '../up', 'a/b', 'a\\b', '.hidden', 'nul\0', 'line\n', 'x'.repeat(241)])(
    'refuses the block name %j',
    (name) => {
      expect(() => checkBlockName(name)).toThrow(UserError);
    },
  );

  test('refuses blocks named alike, and one named as the whole Hessian', () => {
    expect(() => checkBlockNames(['a', 'b', 'a'])).toThrow('two blocks are named "a"');
    expect(() => checkBlockNames(['a', 'full'])).toThrow('the name of the whole Hessian');
    expect(() => checkBlockNames(['a.full', 'onnx::MatMul_12'])).not.toThrow();
  });

  test.each(['../x', '/x', 'a//b', 'a/../b', 'a\\b', 'run.json', 'lanczos/a/0.json', 'state/a'])(
    'lets no other room write %s',
    (path) => {
      expect(() => checkFreePath(path)).toThrow();
    },
  );
});
