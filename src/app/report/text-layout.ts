/** How wide text is and where labels go, so that none covers another. */

/** Advance widths of DejaVu Sans for U+0020 to U+007E in hundredths of an em: wider than most fonts, so safe. */
const ADVANCES = [
  32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34,
  34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73,
  68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63,
  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
];

/** Superscript and subscript digits are narrower than the rest of what lies beyond ASCII. */
const RAISED_OR_LOWERED = /[⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉]/;

/** The width of `text` in pixels at `fontSize` pixels, by the advances of DejaVu Sans. */
export function textWidth(text: string, fontSize: number): number {
  let hundredths = 0;
  for (const character of text) {
    const advance = ADVANCES[character.codePointAt(0)! - 32];
    hundredths += advance ?? (RAISED_OR_LOWERED.test(character) ? 45 : 84);
  }
  return (hundredths * fontSize) / 100;
}

/** Breaks `text` at spaces into lines of at most `maxWidth` pixels; a single longer word keeps its own line. */
export function wrapText(text: string, fontSize: number, maxWidth: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, fontSize) > maxWidth) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** `text` with its middle replaced by an ellipsis where it is wider than `maxWidth` pixels. */
export function shortenToWidth(text: string, fontSize: number, maxWidth: number): string {
  if (textWidth(text, fontSize) <= maxWidth) return text;
  const characters = [...text];
  for (let kept = characters.length - 1; kept > 1; kept--) {
    const head = Math.ceil(kept / 2);
    const shorter = `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (kept - head)).join('')}`;
    if (textWidth(shorter, fontSize) <= maxWidth) return shorter;
  }
  return '…';
}

/**
 * Moves points on a line apart until neighbours are at least `gap` from each other, each as little as the least
 * squares allow (pool adjacent violators), and all inside `[low, high]` if they fit there.
 *
 * @param positions wished positions in any order.
 * @returns the places given, in the order of `positions`.
 */
export function spreadApart(positions: readonly number[], gap: number, low: number, high: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => positions[a]! - positions[b]!);
  const pools: { sum: number; count: number }[] = [];
  for (const [rank, index] of order.entries()) {
    pools.push({ sum: positions[index]! - rank * gap, count: 1 });
    while (pools.length > 1) {
      const last = pools.at(-1)!;
      const before = pools.at(-2)!;
      if (before.sum / before.count <= last.sum / last.count) break;
      pools.pop();
      before.sum += last.sum;
      before.count += last.count;
    }
  }
  const room = Math.max(low, high - gap * (positions.length - 1));
  const places: number[] = new Array(positions.length).fill(0);
  let rank = 0;
  for (const pool of pools) {
    const base = Math.min(Math.max(pool.sum / pool.count, low), room);
    for (let member = 0; member < pool.count; member++, rank++) places[order[rank]!] = base + rank * gap;
  }
  return places;
}
