/** Moby-Dick as a source of text, wherever its pieces were read. */
import type { TextSource } from './text-source.ts';

/** @param pieces the text from its start. */
export function mobyDickText(pieces: TextSource['pieces']): TextSource {
  return {
    name: 'moby-dick',
    description: 'Moby-Dick by Herman Melville, chapter 1 to epilogue',
    pieces,
  };
}
