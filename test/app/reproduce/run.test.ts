import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { overallVerdict } from '../../../src/app/report/index.ts';
import type { Reproduction, ReproductionChoices } from '../../../src/app/reproduce/definition.ts';
import { reproductionPage } from '../../../src/app/reproduce/page.ts';
import type { Claim, Verdict } from '../../../src/study/claims.ts';
import { compiledModule } from '../../compiled/compiled.ts';
import { temporaryFolder } from '../runs/small-run.ts';

type Run = typeof import('../../../src/app/reproduce/run.ts');

const { readReproduction, reproduce } = await compiledModule<Run>('app/reproduce/run.ts');

const choices: ReproductionChoices = { size: 'quick', images: null, text: null, device: 'cpu' };

const claim = (verdict: Verdict): Claim => ({
  id: 'x',
  text: 'GD < Adam & more',
  threshold: 'at most half',
  found: '0.1',
  verdict,
});

/** A small one of a single command, whose picture is made beforehand. */
function example(name: string, args: readonly string[]): Reproduction {
  return {
    name,
    title: 'An example',
    paper: 'It shows something.',
    differs: () => 'Everything.',
    steps: () => [{ folder: 'theory', args }],
    conclude: async (_choices, folderOf) => {
      const picture = join(folderOf('theory'), 'picture');
      for (const ending of ['svg', 'png']) await writeFile(`${picture}.${ending}`, ending);
      const { checks } = JSON.parse(await readFile(join(folderOf('theory'), 'theory.json'), 'utf8'));
      return {
        claims: checks.flatMap(({ claims }: { claims: Claim[] }) => claims),
        pictures: [{ path: picture, caption: 'a picture' }],
        found: 'Something.',
        numbers: { checks: checks.length },
      };
    },
  };
}

describe('a reproduction', () => {
  test('carries out its commands once, also for another that needs the same', async () => {
    const root = await temporaryFolder();
    const ran: string[] = [];
    const make = (name: string) =>
      reproduce(example(name, ['theory', 'proposition-2', '--quick']), {
        root,
        choices,
        onStep: ({ args }) => ran.push(args.join(' ')),
      });
    const first = await make('one');
    expect(ran).toEqual(['theory proposition-2 --quick']);
    expect(first?.claims.length).toBeGreaterThan(0);
    expect(first?.pictures).toEqual([{ file: '1-picture', caption: 'a picture' }]);
    expect((await stat(join(root, 'one', '1-picture.png'))).isFile()).toBe(true);
    await make('two');
    await make('one');
    expect(ran.length).toBe(1);
    // The time of what was done before counts as its own.
    expect((await readReproduction(root, 'two'))?.elapsedMs).toBe(first?.elapsedMs);
    expect(await readReproduction(root, 'two')).toMatchObject({ name: 'two', numbers: { checks: 1 } });
    expect(await readReproduction(root, 'three')).toBeNull();
  });

  test('stops with a sentence where a command was a mistake, and leaves no mark of it', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'theory'));
    const wrong = example('wrong', ['theory', 'proposition-7']);
    const run = () => reproduce(wrong, { root, choices, onStep: () => undefined });
    await expect(run()).rejects.toThrow(/wrong: 'hesscope theory proposition-7.*' ended with the mistake/);
    expect(await stat(join(root, 'steps')).catch(() => null)).toBeNull();
  });
});

describe('the page', () => {
  test.each([
    [[], null],
    [['agrees', 'agrees'], 'agrees'],
    [['agrees', 'does not'], 'partly'],
    [['partly'], 'partly'],
    [['does not', 'does not'], 'does not'],
  ] as const)('of claims %j says %s', (verdicts, expected) => {
    expect(overallVerdict(verdicts.map(claim))).toBe(expected);
  });

  test('has every figure with its verdicts, pictures beside each other, and nothing that a text could break', () => {
    const record = {
      ...{ name: 'fig1', title: 'A <title>', size: 'quick' as const, paper: 'p', differs: 'd', found: 'f' },
      claims: [claim('agrees'), claim('does not')],
      pictures: [{ file: '1-stages', caption: 'c' }],
      ...{ notes: ['a note'], numbers: {}, commands: ['hesscope train'], elapsedMs: 1000, version: '0' },
    };
    const page = reproductionPage([record], 'quick');
    expect(page).toContain('1 claims agree, 0 partly, 1 do not');
    expect(page).toContain('src="fig1/1-stages.svg"');
    expect(page).toContain('A &lt;title&gt;');
    expect(page).toContain('GD &lt; Adam &amp; more');
    expect(page).not.toContain('<title>A ');
  });
});
