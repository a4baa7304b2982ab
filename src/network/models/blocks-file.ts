/** The small YAML file by which users name, join, split and leave out the parameters of an imported network. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { readYaml } from '../yaml-file.ts';
import { BLOCK_KINDS } from './model.ts';

const splitSchema = z.strictObject({
  axis: z.int().nonnegative().describe('the axis that is cut into equal parts'),
  names: z.array(z.string().min(1)).min(2).describe('a name for each part, in order; $1 stands for a group'),
  kinds: z.array(z.enum(BLOCK_KINDS)).optional().describe('a kind for each part'),
});

const ruleSchema = z.strictObject({
  match: z.string().min(1).describe('a regular expression for whole names of parameters'),
  name: z.string().min(1).optional().describe('the name of the block; parameters of one name are one block'),
  kind: z.enum(BLOCK_KINDS).optional(),
  layer: z.int().positive().nullable().optional(),
  split: splitSchema.optional(),
  constant: z
    .boolean()
    .optional()
    .describe('true holds the tensor fixed, false takes what was held for a constant as a parameter'),
});

const fileSchema = z.strictObject({ blocks: z.array(ruleSchema) });

/** What is to become of parameters whose names match. */
export interface BlockRule extends Omit<z.output<typeof ruleSchema>, 'match'> {
  readonly match: RegExp;
}

/**
 * Reads a file of rules; the first that matches a name is the one that counts.
 * @throws UserError when it cannot be read, or says something else, naming the rule.
 */
export async function readBlocksFile(path: string): Promise<BlockRule[]> {
  const value = await readYaml(path, 'the blocks file');
  return parseBlockRules(value, `The blocks file '${path}'`);
}

/** Checks rules. @throws UserError as `readBlocksFile` does. */
export function parseBlockRules(value: unknown, where: string): BlockRule[] {
  const result = fileSchema.safeParse(value);
  if (!result.success) {
    // The first are enough to mend a file by, and a key that is not known may be as long as the file.
    const phrases = result.error.issues
      .slice(0, 10)
      .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message.slice(0, 200)}`);
    throw new UserError(
      `${where} should hold rules such as 'blocks: [{match: "fc(\\\\d)\\\\..*", name: "layer$1"}]': ${phrases.join('; ')}.`,
    );
  }
  return result.data.blocks.map((rule) => {
    try {
      return { ...rule, match: new RegExp(`^(?:${rule.match})$`) };
    } catch (error) {
      throw new UserError(
        `${where}: '${rule.match.slice(0, 80)}' is no regular expression: ${(error as Error).message}.`,
      );
    }
  });
}
