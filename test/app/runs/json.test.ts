import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJson, formatJsonLine } from '../../../src/app/runs/json.ts';

/** All bit patterns of a float64, the sign of zero and subnormal numbers included. */
const anyFiniteNumber = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('the JSON of records', () => {
  test('brings every number back to the same bits', () => {
    fc.assert(
      fc.property(fc.array(anyFiniteNumber), (values) => {
        const back: number[] = JSON.parse(formatJson(values));
        expect(back.map((value) => Object.is(value, -0))).toEqual(
          values.map((value) => Object.is(value, -0)),
        );
        expect(back).toEqual(values);
      }),
    );
    for (const value of [-0, 5e-324, Number.MAX_VALUE, 0.1 + 0.2, 2 ** 53]) {
      expect(JSON.parse(formatJson(value))).toBe(value);
    }
  });

  test('brings every JSON value back, on many lines or one', () => {
    // JSON.parse makes __proto__ an own key; an object literal with it would change its prototype instead.
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(formatJson(value))).toEqual(value);
        const line = formatJsonLine(value);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(JSON.parse(line)).toEqual(value);
      }),
    );
  });

  test('keeps the order of keys, indents by two spaces and puts plain lists on one line', () => {
    expect(formatJson({ b: 1, a: { list: [1, -0, null], rows: [[1], []] }, none: {}, left: undefined })).toBe(
      [
        '{',
        '  "b": 1,',
        '  "a": {',
        '    "list": [1, -0, null],',
        '    "rows": [',
        '      [1],',
        '      []',
        '    ]',
        '  },',
        '  "none": {}',
        '}',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [{ a: { 'b c': [1, Number.NaN] } }, '$.a["b c"][1]'],
    [[{ x: Number.POSITIVE_INFINITY }], '$[0].x'],
    [{ x: [Number.NEGATIVE_INFINITY] }, '$.x[0]'],
    [{ x: [undefined] }, '$.x[0]'],
    [{ x: new Float64Array(2) }, '$.x'],
    [{ x: [1n] }, '$.x[0]'],
    // A hole in a list, which JSON.stringify would fill with null in silence.
    [{ x: new Array(1) }, '$.x[0]'],
  ])('refuses what JSON cannot hold and names its key: %o', (value, path) => {
    expect(() => formatJson(value)).toThrow(`found at ${path}`);
  });
});
