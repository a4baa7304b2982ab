import { distance } from 'fastest-levenshtein';

/** The known names nearest to a mistaken one, nearest first. */
export function nearMatches(name: string, known: readonly string[], count = 3): string[] {
  const wanted = name.toLowerCase();
  const score = (candidate: string) => {
    const text = candidate.toLowerCase();
    // A name that contains what was typed is nearer than any of another spelling.
    if (text.includes(wanted)) return (text.length - wanted.length) / 1000;
    // Dotted names are matched by their parts too: 'quary' is near 'h.0.attn.query.weight'.
    return Math.min(...[text, ...text.split('.')].map((part) => distance(wanted, part)));
  };
  return [...known].sort((a, b) => score(a) - score(b)).slice(0, count);
}
