import { describe, expect, it } from 'vitest';
import { threefry2x32 } from '../../src/random/threefry.ts';

function encrypt(key: [number, number], counter: [number, number]): number[] {
  const out = new Uint32Array(2);
  threefry2x32(key[0], key[1], counter[0], counter[1], out, 0);
  return [...out];
}

describe('threefry2x32 with 20 rounds', () => {
  // Known-answer vectors of the Random123 distribution (kat_vectors).
  it.each([
    { key: [0, 0], counter: [0, 0], out: [0x6b200159, 0x99ba4efe] },
    { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], out: [0x1cb996fc, 0xbb002be7] },
    { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], out: [0xc4923a9c, 0x483df7a0] },
  ] as const)('gives the known answer for key $key', ({ key, counter, out }) => {
    expect(encrypt([...key], [...counter])).toEqual(out);
  });

  it('reads signed and unsigned words as the same bits', () => {
    expect(encrypt([-1, -1], [-1, -1])).toEqual(encrypt([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff]));
  });

  it('writes at the place asked for', () => {
    const out = new Uint32Array(4);
    threefry2x32(0, 0, 0, 0, out, 2);
    expect([...out]).toEqual([0, 0, 0x6b200159, 0x99ba4efe]);
  });
});
