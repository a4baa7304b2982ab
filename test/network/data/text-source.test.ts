import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { mobyDick } from '../../../src/network/data/moby-dick.ts';
import { textFile } from '../../../src/network/data/text-file.ts';
import type { TextSource } from '../../../src/network/data/text-source.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'text-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function wholeText(source: TextSource): Promise<string> {
  let text = '';
  for await (const piece of source.pieces()) text += piece;
  return text;
}

describe('Moby-Dick', () => {
  it('is the whole book in its order', async () => {
    const text = await wholeText(mobyDick());
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(text.startsWith('Call me Ishmael. Some years ago')).toBe(true);
    // Sentences of chapters 1, 2, 9, 10, 36, 100 and the epilogue, where a sort by name would swap some.
    const marks = [
      'Call me Ishmael.',
      'I stuffed a shirt or two into my old carpet-bag',
      'Father Mapple rose',
      'Returning to the Spouter-Inn from the Chapel',
      'gold ounce',
      'Hast seen the White Whale',
      'found another orphan.',
    ];
    const positions = marks.map((mark) => text.indexOf(mark));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(text.endsWith('found another orphan.\n')).toBe(true);
  });
});

describe('a text file', () => {
  it('comes back as it is, characters across the ends of pieces included', async () => {
    const path = join(folder, 'euro.txt');
    // 3-byte characters: 65,536 is no multiple of 3, so pieces end within characters.
    const text = `x${'€'.repeat(60_000)}\r\n😀`;
    await writeFile(path, `\ufeff${text}`);
    expect(await wholeText(textFile(path))).toBe(text);
  });

  it('is refused with its name when it is not UTF-8', async () => {
    for (const [name, bytes] of [
      ['latin1', [0x61, 0xe9, 0x62]],
      ['cut', [0x61, 0xe2, 0x82]],
    ] as const) {
      const path = join(folder, name);
      await writeFile(path, Uint8Array.from(bytes));
      const error = await wholeText(textFile(path)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toContain(`${path}: expected text in UTF-8`);
    }
  });
});
