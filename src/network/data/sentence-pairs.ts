/** Pairs of segments of a text, the second of which follows the first or does not. */
import { RandomStream } from '../../random/stream.ts';
import type { TokenizedSentences } from './sentences.ts';

/** A stretch of tokens, from its start to before its stop. */
type Span = readonly [start: number, stop: number];

/** Two segments that fill a sequence. */
export interface Pair {
  readonly first: Span;
  readonly second: Span;
  /** 0 where the second follows the first in the text, 1 where it was drawn. */
  readonly nextLabel: 0 | 1;
}

/**
 * Lays pairs over a text in its order. The first segment takes whole sentences, at most half of the room; one that is
 * longer loses its beginning, so that its end is always the end of a sentence. The second fills the room from the next
 * sentence on, or from a drawn one; the text after the first segment is then used by the next pair.
 *
 * @param room tokens of both segments together, at least 2.
 * @param count pairs wanted; there are fewer where the text ends before.
 * @param seed of the streams that decide and draw.
 */
export function layPairs(
  { tokens, starts }: TokenizedSentences,
  room: number,
  count: number,
  seed: number,
): Pair[] {
  const stops = [...starts.slice(1), tokens.length];
  // Only sentences that can fill the longest second segment may be drawn.
  const drawable = starts.filter((start) => start + room <= tokens.length).length;
  const decisions = new RandomStream(seed, 'sentence-pairs', 'follows').uniform(count);
  const draws = new RandomStream(seed, 'sentence-pairs', 'drawn').uniform(count);
  const pairs: Pair[] = [];
  let sentence = 0;
  while (pairs.length < count && sentence < starts.length) {
    const [first, next] = firstSegment(starts, stops, sentence, Math.floor(room / 2));
    const length = room - (first[1] - first[0]);
    const follows = (decisions[pairs.length] as number) < 0.5;
    if (follows) {
      const second: Span = [first[1], first[1] + length];
      if (second[1] > tokens.length) break;
      pairs.push({ first, second, nextLabel: 0 });
      sentence = firstStartFrom(starts, next, second[1]);
    } else {
      const drawn = drawOther(draws[pairs.length] as number, drawable, next);
      if (drawn === null) break;
      const start = starts[drawn] as number;
      pairs.push({ first, second: [start, start + length], nextLabel: 1 });
      sentence = next;
    }
  }
  return pairs;
}

/** The segment from a sentence on, and the number of the sentence after it. */
function firstSegment(
  starts: readonly number[],
  stops: readonly number[],
  sentence: number,
  most: number,
): [Span, number] {
  const start = starts[sentence] as number;
  let next = sentence + 1;
  while (next < stops.length && (stops[next] as number) - start <= most) next++;
  const stop = stops[next - 1] as number;
  return [[Math.max(start, stop - most), stop], next];
}

/** A sentence drawn evenly from `count`, but for one; null when there is no other. */
function drawOther(uniform: number, count: number, avoided: number): number | null {
  const others = avoided < count ? count - 1 : count;
  if (others === 0) return null;
  const drawn = Math.floor(uniform * others);
  return drawn < avoided ? drawn : drawn + 1;
}

/** The first sentence from number `from` on that starts at a token or after it. */
function firstStartFrom(starts: readonly number[], from: number, token: number): number {
  let sentence = from;
  while (sentence < starts.length && (starts[sentence] as number) < token) sentence++;
  return sentence;
}
