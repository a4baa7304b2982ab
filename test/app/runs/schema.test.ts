import { describe, expect, test } from 'vitest';
import { parseRecord, parseRecordText } from '../../../src/app/runs/schema.ts';
import { UserError } from '../../../src/errors.ts';
import { coefficients, distances, identity, spectra } from './small-run.ts';

describe('records', () => {
  test('pass when they hold what their types say', () => {
    expect(parseRecord('spectra', spectra, 'spectra.json')).toEqual(spectra);
    expect(parseRecord('distances', distances, 'distances.json')).toEqual(distances);
    const lanczos = { version: 1, ...identity, steps: 4, ...coefficients, finished: null };
    expect(parseRecord('lanczos', lanczos, 'x')).toEqual(lanczos);
  });

  test('of a newer layout are refused by name, whatever else they hold', () => {
    const newer = () => parseRecord('spectra', { version: 2, novelty: true }, 'runs/a/spectra.json');
    expect(newer).toThrow(UserError);
    expect(newer).toThrow('runs/a/spectra.json was written by a newer hesscope: its layout has version 2');
    expect(newer).toThrow('update hesscope');
  });

  test.each([
    ['a missing field', { ...spectra, density: undefined }, 'density'],
    ['a field that nobody knows', { ...spectra, extra: 1 }, 'extra'],
    ['a wrong type', { ...spectra, blocks: [{ ...spectra.blocks[0], dim: '4' }] }, 'blocks.0.dim'],
    ['a NaN', { ...spectra, density: { sigmaRule: '', gridPoints: Number.NaN } }, 'density.gridPoints'],
    ['a version that never was', { ...spectra, version: 0 }, 'version'],
  ])('are refused for %s, which is named', (_, value, where) => {
    expect(() => parseRecord('spectra', value, 'spectra.json')).toThrow(where);
  });

  test('are refused when their numbers overflow or their text is torn', () => {
    const text = JSON.stringify(distances).replace('"js0WholeMatrix":0.125', '"js0WholeMatrix":1e999');
    expect(() => parseRecordText('distances', text, 'distances.json')).toThrow('js0WholeMatrix');
    expect(() => parseRecordText('distances', text.slice(0, 80), 'distances.json')).toThrow('is not JSON');
  });
});
