import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { schemas } from '../../src/app/runs/schema.ts';
import { measurableBlocks } from '../../src/network/blocks.ts';
import { MODEL_PRESETS } from '../../src/network/models/index.ts';
import { parameterCount } from '../../src/network/models/model.ts';
import { DISTANCE_NAMES } from '../../src/spectrum/index.ts';
import { spectrumRequestSchema } from '../../src/study/spectrum/request.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Paths of all Markdown files that people read, relative to the root. */
function markdownFiles(): string[] {
  const under = ['docs', 'oracle', 'test/fixtures'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return [...readdirSync(root), ...under].filter((path) => path.endsWith('.md'));
}

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

/** The fragments under which the headings of a Markdown file are reached, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The cells of the rows of the first table under a heading. */
function tableUnder(text: string, heading: string): string[][] {
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`expected the heading '${heading}', found none`);
  const lines = text.slice(start).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  return lines.slice(first + 2, length < 0 ? undefined : first + length).map((line) =>
    line
      .replaceAll('\\|', '¦')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks in a cell. */
const quoted = (cell: string | undefined) =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

describe.each(markdownFiles())('%s', (path) => {
  const text = read(path);

  it('links to files and headings that exist', () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = links
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = '', fragment] = target.split('#');
        const linked = file === '' ? path : relative(root, join(root, dirname(path), file));
        if (!existsSync(join(root, linked))) return true;
        return fragment !== undefined && !anchorsOf(read(linked)).includes(fragment);
      });
    expect(broken).toEqual([]);
  });

  it('names no place that only one machine has', () => {
    const local = /\.\.\/shared|(^|[\s"'`(=])(\/(work|home|tmp|root|Users|mnt)\/|[A-Z]:\\)/;
    expect(text.split('\n').filter((line) => local.test(line))).toEqual([]);
  });
});

it('README.md lists the commands that there are', () => {
  const main = join(root, 'src/app/cli/main.ts');
  const help = execFileSync(process.execPath, ['--import', 'tsx', main, '--help'], {
    cwd: root,
    encoding: 'utf8',
  });
  const listed = help.slice(help.indexOf('\nCommands:'));
  const known = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help');
  const readme = read('README.md');
  const rows = tableUnder(readme, '## Commands').map(([command]) => quoted(command)[0]);
  expect(rows.sort()).toEqual(known.map((name) => `hesscope ${name}`).sort());
  const mentioned = [...readme.matchAll(/`hesscope ([a-z]+)/g)].map(([, name]) => name!);
  expect(mentioned.filter((name) => !known.includes(name))).toEqual([]);
});

it('docs/models-and-data.md lists every key of a request with its default', () => {
  const rows = tableUnder(read('docs/models-and-data.md'), '## The request');
  expect(rows.map(([key]) => quoted(key)[0])).toEqual(Object.keys(spectrumRequestSchema.shape));
  const stated = Object.fromEntries(
    rows.map(([key, , value]) => [quoted(key)[0], value?.replaceAll('`', '')]),
  );
  for (const [key, value] of Object.entries(spectrumRequestSchema.parse({})))
    if (value !== undefined) expect(`${key} ${stated[key]}`).toBe(`${key} ${value}`);
});

it('docs/zoo.md lists every preset with its numbers and options', () => {
  const rows = tableUnder(read('docs/zoo.md'), '## Presets');
  const expected = Object.entries(MODEL_PRESETS).map(([name, preset]) => {
    const fitted = preset.tokenizer === 'character';
    const model = preset.create(fitted ? { vocabularySize: 65 } : {});
    const parameters = `${parameterCount(model).toLocaleString('en-US')}${fitted ? ' with 65 tokens' : ''}`;
    return [`\`${name}\``, parameters, `${model.parameters.length}`, `${measurableBlocks(model).length}`];
  });
  expect(rows.map((row) => row.slice(0, 4))).toEqual(expected);
  const options = Object.values(MODEL_PRESETS).map((preset) => Object.keys(preset.options.shape));
  expect(rows.map((row) => quoted(row[5]))).toEqual(options);
  const described = tableUnder(read('docs/zoo.md'), '## Options').map(([name]) => quoted(name)[0]);
  expect([...described].sort()).toEqual([...new Set(options.flat())].sort());
});

it('docs/spectra.md defines every distance', () => {
  const rows = tableUnder(read('docs/spectra.md'), '## Distances between two spectra');
  expect(rows.map(([name]) => quoted(name)[0])).toEqual(DISTANCE_NAMES);
});

it('docs/run-directory.md lists the fields of every record', () => {
  const keysOf = (schema: z.ZodObject) => Object.keys(schema.shape).sort();
  const records: [heading: string, schema: z.ZodObject][] = [
    ['## run.json', schemas.run],
    ['## blocks.json', schemas.blocks.shape.blocks.element],
    ['## lanczos/&lt;block&gt;/&lt;probe&gt;.json', schemas.lanczos],
    ['## exact/&lt;block&gt;.json', schemas.exact],
    ['## spectra.json', schemas.spectra.shape.blocks.element],
    ['## distances.json', schemas.distances.shape.definitions.element],
    ['## hashes.jsonl', schemas.hash],
  ];
  const text = read('docs/run-directory.md');
  for (const [heading, schema] of records) {
    const fields = tableUnder(text, heading).flatMap(([names]) => quoted(names));
    expect([heading, ...fields.sort()]).toEqual([heading, ...keysOf(schema)]);
  }
});
