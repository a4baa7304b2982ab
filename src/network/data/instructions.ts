/** Instructions with answers, as models are fine-tuned on them: the prompt of Stanford Alpaca, then the answer. */
import { BETWEEN_DOCUMENTS, type Exchange, type TextSource } from './text-source.ts';

/** What a model is asked and what it should answer. */
export interface Instruction {
  readonly instruction: string;
  /** What the instruction is about, such as a text to shorten; empty or left out where there is none. */
  readonly input?: string | undefined;
  /** The answer. */
  readonly output: string;
}

/**
 * The text by which an instruction is put to a model: the prompt of Stanford Alpaca (Taori et al. 2023), with a line
 * end behind it.
 */
export function promptOf({ instruction, input = '' }: Instruction): string {
  const task = 'Below is an instruction that describes a task';
  const wish = 'Write a response that appropriately completes the request.';
  return input.trim() === ''
    ? `${task}. ${wish}\n\n### Instruction:\n${instruction}\n\n### Response:\n`
    : `${task}, paired with an input that provides further context. ${wish}\n\n### Instruction:\n${instruction}\n\n### Input:\n${input}\n\n### Response:\n`;
}

/**
 * Instructions as text, an empty line between them, and as prompts with answers.
 *
 * @param instructions begun anew each time the text is read; those with an empty answer are passed over.
 */
export function instructionText(
  facts: Pick<TextSource, 'name' | 'description'>,
  instructions: () => AsyncIterable<Instruction>,
): TextSource {
  const exchanges = async function* (): AsyncGenerator<Exchange> {
    for await (const instruction of instructions())
      if (instruction.output.trim() !== '')
        yield { prompt: promptOf(instruction), answer: instruction.output };
  };
  return {
    ...facts,
    exchanges,
    async *pieces() {
      let isFirst = true;
      for await (const { prompt, answer } of exchanges()) {
        yield `${isFirst ? '' : BETWEEN_DOCUMENTS}${prompt}${answer}`;
        isFirst = false;
      }
    },
  };
}
