import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hesscopeCommand } from '../../../src/app/cli/program.ts';
import { figureFolder } from '../../../src/app/experiments/figure.ts';
import type { ReproductionChoices } from '../../../src/app/reproduce/definition.ts';
import { REPRODUCTIONS, reproductionNamed } from '../../../src/app/reproduce/index.ts';

const SIZES = ['quick', 'small', 'paper'] as const;
const choicesOf = (size: (typeof SIZES)[number]): ReproductionChoices => ({
  size,
  images: size === 'paper' ? 'imagenet' : null,
  text: size === 'paper' ? 'text.txt' : null,
  device: 'cpu',
});

test('every figure and table of the paper has its place', () => {
  const figures = Array.from({ length: 14 }, (_, index) => `fig${index + 1}`);
  expect(REPRODUCTIONS.map(({ name }) => name)).toEqual([...figures, 'table1', 'table2']);
});

test('a name that there is none of is answered with the nearest', () => {
  expect(() => reproductionNamed('fgi1')).toThrow(/found 'fgi1'; did you mean 'fig1/);
});

describe.each(SIZES)('at the size %s', (size) => {
  test.each(REPRODUCTIONS.map(({ name }) => name))(
    '%s is made of commands and options that there are',
    async (name) => {
      const program = await hesscopeCommand();
      const steps = reproductionNamed(name).steps(choicesOf(size), (folder) => join('/root', folder));
      expect(steps.length).toBeGreaterThan(0);
      for (const { args } of steps) {
        const [first, ...rest] = args;
        const command = program.commands.find((candidate) => candidate.name() === first);
        expect(command, first).toBeDefined();
        // Commander's own reading, without the action: unknown options would be operands that it names.
        const { unknown } = command?.parseOptions([...rest, '--out', 'x']) ?? {};
        expect(unknown, args.join(' ')).toEqual([]);
      }
    },
  );

  test('training figures of different models leave their results in different folders', () => {
    const commands = new Map<string, string>();
    const steps = REPRODUCTIONS.flatMap((reproduction) =>
      reproduction.steps(choicesOf(size), (folder) => folder),
    );
    for (const { args } of steps.filter((step) => step.args[0] === 'figure')) {
      const place = args.indexOf('--models');
      const models = place < 0 ? undefined : args[place + 1]?.split(',');
      const folder = figureFolder(args[1] as string, models);
      expect(commands.get(folder) ?? args.join(' '), folder).toBe(args.join(' '));
      commands.set(folder, args.join(' '));
    }
    expect(commands.size).toBe(9);
  });

  test('figures that share work share its commands', () => {
    const keys = REPRODUCTIONS.flatMap((reproduction) =>
      reproduction
        .steps(choicesOf(size), (folder) => folder)
        .filter(({ args }) => args[0] === 'spectrum' && !args.includes('--checkpoints'))
        .map(({ folder, args }) => [folder, args.join(' ')] as const),
    );
    // A folder of a run takes one command only.
    for (const [folder, command] of keys)
      for (const [other, its] of keys) if (folder === other) expect(its).toBe(command);
  });
});
