/**
 * Instructions with answers in one JSON file, as Alpaca and AlpacaEval have them: an array of objects with
 * `instruction`, perhaps `input`, and `output`; what else they hold is passed over.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import type { DataFormat } from '../format.ts';
import { type Instruction, instructionText } from '../instructions.ts';
import { headOf, readJson } from '../json-files.ts';

const schema = z.array(
  z.looseObject({ instruction: z.string(), input: z.string().nullish(), output: z.string() }),
);

export const INSTRUCTION_JSON: DataFormat = {
  title: 'instructions in JSON',
  options: [],
  matches: async ({ path, isFolder }) =>
    !isFolder &&
    path.toLowerCase().endsWith('.json') &&
    /^\s*\[\s*\{.*"(instruction|output)"\s*:/s.test(await headOf(path)),
  read: async ({ path }) => ({
    kind: 'text',
    open: async () =>
      instructionText({ name: basename(path), description: `the instructions of ${path}` }, () =>
        instructionsOf(path),
      ),
  }),
};

async function* instructionsOf(path: string): AsyncGenerator<Instruction> {
  const result = schema.safeParse(await readJson(path));
  if (!result.success) {
    const [issue] = result.error.issues;
    const [place, field] = issue?.path ?? [];
    const where = typeof place === 'number' ? `entry ${place + 1}` : 'the top';
    throw new UserError(
      `${path}: expected an array of objects with "instruction", perhaps "input", and "output", all text: at ${where}${field === undefined ? '' : `, "${String(field)}"`}: ${issue?.message}`,
    );
  }
  for (const { instruction, input, output } of result.data)
    yield { instruction, input: input ?? undefined, output };
}
