/** The tokenizers by name. */
import { UserError } from '../../../errors.ts';
import type { TextSource } from '../text-source.ts';
import { bertTokenizer } from './bert.ts';
import { byteTokenizer } from './byte.ts';
import { characterTokenizer } from './character.ts';
import { gpt2Tokenizer } from './gpt2.ts';
import type { Tokenizer, TokenizerName } from './tokenizer.ts';
import { tokenizerFromJson } from './tokenizer-json.ts';

/**
 * The tokenizer of a name.
 * @param source the text, from which `character` takes its vocabulary.
 * @throws UserError when there is none of that name.
 */
export async function openTokenizer(source: TextSource, name: TokenizerName): Promise<Tokenizer> {
  switch (name) {
    case 'character':
      return characterTokenizer(source.name, source.pieces());
    case 'byte':
      return byteTokenizer();
    case 'gpt2':
      return gpt2Tokenizer();
    case 'bert':
      return bertTokenizer();
    default:
      if (name.endsWith('.json')) return tokenizerFromJson(name);
      throw new UserError(
        `expected the tokenizer character, byte, gpt2 or bert, or the path of a tokenizer.json, found "${String(name)}"`,
      );
  }
}
