import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { expect, onTestFinished, test } from 'vitest';

const config = fileURLToPath(new URL('../../.dependency-cruiser.cjs', import.meta.url));

/** Path and content of each file of a small tree. */
type Tree = Readonly<Record<string, string>>;

/** What the rules find in a tree, as `rule: importing file`, each once. */
async function findings(tree: Tree): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'hesscope-imports-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const options = { ...(await extractOptions(config)), baseDir: root };
  const roots = ['src', 'web'].filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(roots, options);
  if (typeof output === 'string') throw new Error('expected the result as an object');
  return [...new Set(output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`))].sort();
}

/** A file that imports others, and one that is imported. */
const using = (...paths: string[]) => paths.map((path) => `import '${path}';\n`).join('');
const file = 'export const here = 1;\n';

/** The packages, as far as an import must find them. */
const onnxruntime: Tree = {
  'node_modules/onnxruntime-web/package.json': '{ "name": "onnxruntime-web", "main": "index.js" }',
  'node_modules/onnxruntime-web/index.js': '',
  'node_modules/onnxruntime-node/package.json': '{ "name": "onnxruntime-node", "main": "index.js" }',
  'node_modules/onnxruntime-node/index.js': '',
};

test('a house in order has no findings', async () => {
  expect(
    await findings({
      ...onnxruntime,
      'src/errors.ts': file,
      'src/random/stream.ts': using('../errors.ts'),
      'src/tensor/graph/graph.ts': using('../../errors.ts'),
      'src/tensor/files/safetensors.ts': using('../graph/graph.ts'),
      'src/tensor/ops/index.ts': using('../graph/graph.ts'),
      'src/tensor/autodiff/jvp.ts': using('../ops/index.ts'),
      'src/tensor/onnx/emit.ts': using('../autodiff/jvp.ts'),
      'src/tensor/engine/onnxruntime.ts': using('../onnx/emit.ts', 'onnxruntime-node'),
      'src/network/model.ts': using('../tensor/engine/onnxruntime.ts', '../random/stream.ts'),
      'src/spectrum/lanczos.ts': using('../random/stream.ts'),
      'src/curvature/operator.ts': using('../network/model.ts', '../spectrum/lanczos.ts'),
      'src/study/paper.ts': using('../curvature/operator.ts'),
      'src/app/runs/runs.ts': using('../../spectrum/lanczos.ts', '../../tensor/files/safetensors.ts'),
      'src/app/report/report.ts': using('../runs/runs.ts'),
      'src/app/cli/main.ts': using('../report/report.ts', '../../study/paper.ts'),
      'src/index.ts': using('./study/paper.ts', './app/runs/runs.ts'),
      'web/charts/curve.ts': using('../../src/spectrum/lanczos.ts'),
      'web/dashboard/main.ts': using('../charts/curve.ts'),
      'web/playground/engine/onnxruntime-web.ts': using(
        '../../../src/tensor/onnx/emit.ts',
        'onnxruntime-web',
      ),
      'web/playground/main.ts': using('../charts/curve.ts', './engine/onnxruntime-web.ts'),
    }),
  ).toEqual([]);
});

/** One import that the rule forbids, and the file it leads to. */
const oneImport: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['leaves', 'src/errors.ts', 'src/random/a.ts'],
  ['wing-random', 'src/random/a.ts', 'src/tensor/graph/b.ts'],
  ['wing-random', 'src/random/a.ts', 'src/spectrum/b.ts'],
  ['wing-tensor', 'src/tensor/graph/a.ts', 'src/network/b.ts'],
  ['wing-tensor', 'src/tensor/graph/a.ts', 'src/spectrum/b.ts'],
  ['wing-spectrum', 'src/spectrum/a.ts', 'src/tensor/graph/b.ts'],
  ['wing-spectrum', 'src/spectrum/a.ts', 'src/network/b.ts'],
  ['wing-network', 'src/network/a.ts', 'src/spectrum/b.ts'],
  ['wing-network', 'src/network/a.ts', 'src/curvature/b.ts'],
  ['wing-curvature', 'src/curvature/a.ts', 'src/study/b.ts'],
  ['wing-curvature', 'src/curvature/a.ts', 'src/training/b.ts'],
  ['wing-training', 'src/training/a.ts', 'src/study/b.ts'],
  ['wing-curvature', 'src/curvature/a.ts', 'src/app/runs/b.ts'],
  ['wing-study', 'src/study/a.ts', 'src/app/runs/b.ts'],
  ['wing-app', 'src/app/cli/a.ts', 'src/index.ts'],
  ['tensor-graph', 'src/tensor/graph/a.ts', 'src/tensor/ops/b.ts'],
  ['tensor-graph', 'src/tensor/graph/a.ts', 'src/tensor/files/b.ts'],
  ['tensor-files', 'src/tensor/files/a.ts', 'src/tensor/ops/b.ts'],
  ['tensor-ops', 'src/tensor/ops/a.ts', 'src/tensor/autodiff/b.ts'],
  ['tensor-autodiff', 'src/tensor/autodiff/a.ts', 'src/tensor/onnx/b.ts'],
  ['tensor-onnx', 'src/tensor/onnx/a.ts', 'src/tensor/engine/b.ts'],
  ['runs-and-report-stand-below-commands', 'src/app/runs/a.ts', 'src/app/cli/b.ts'],
  ['runs-and-report-stand-below-commands', 'src/app/report/a.ts', 'src/app/worker/b.ts'],
  ['server-stands-below-commands', 'src/app/server/a.ts', 'src/app/cli/b.ts'],
  ['commands-alone-use-the-server', 'src/app/report/a.ts', 'src/app/server/b.ts'],
  ['contract-stands-alone', 'src/app/server/contract/a.ts', 'src/app/runs/b.ts'],
  ['web-imports-the-contract-and-pure-files', 'web/dashboard/a.ts', 'src/app/runs/b.ts'],
  ['web-imports-the-contract-and-pure-files', 'web/dashboard/a.ts', 'src/app/server/b.ts'],
  ['web-imports-the-contract-and-pure-files', 'web/charts/a.ts', 'src/study/b.ts'],
  ['playground-imports-what-computes', 'web/playground/a.ts', 'src/app/cli/b.ts'],
  ['playground-imports-what-computes', 'web/playground/a.ts', 'src/app/runs/directory.ts'],
  ['playground-imports-what-computes', 'web/playground/a.ts', 'src/tensor/engine/onnxruntime.ts'],
  ['rooms-of-pages-stand-below-pages', 'web/charts/a.ts', 'web/playground/b.ts'],
  ['rooms-of-pages-stand-below-pages', 'web/playground/a.ts', 'web/dashboard/b.ts'],
  ['nobody-imports-pages', 'src/app/cli/a.ts', 'web/dashboard/b.ts'],
  ['nobody-imports-tests', 'src/study/a.ts', 'test/b.ts'],
  ['nobody-imports-tests', 'src/study/a.ts', 'bench/b.ts'],
  ['nobody-imports-tests', 'src/study/a.ts', 'oracle/b.ts'],
];

test.each(oneImport)('%s: %s may not import %s', async (rule, from, to) => {
  const up = '../'.repeat(from.split('/').length - 1);
  expect(await findings({ [from]: using(`${up}${to}`), [to]: file })).toContain(`${rule}: ${from}`);
  // An import that only names a type ties two files together all the same.
  const typeOnly = `import type { here } from '${up}${to}';\nexport type There = typeof here;\n`;
  expect(await findings({ [from]: typeOnly, [to]: file })).toContain(`${rule}: ${from}`);
});

test('no-cycles: neither of values nor of types', async () => {
  const b = "import { a } from './a.ts';\nexport const b = (): number => a;\n";
  expect(
    await findings({ 'src/study/a.ts': "import './b.ts';\nexport const a = 1;\n", 'src/study/b.ts': b }),
  ).toContain('no-cycles: src/study/a.ts');
  const types = {
    'src/study/a.ts': "import type { B } from './b.ts';\nexport interface A { b: B }\n",
    'src/study/b.ts': "import type { A } from './a.ts';\nexport interface B { a: A }\n",
  };
  expect(await findings(types)).toContain('no-cycles: src/study/a.ts');
});

test('one-door-to-onnxruntime: only one file imports the binding, by value or by type', async () => {
  const tree = {
    ...onnxruntime,
    'src/tensor/engine/onnxruntime.ts': "import 'onnxruntime-node';\n",
    'src/tensor/engine/session.ts':
      "import './onnxruntime.ts';\nimport type { Tensor } from 'onnxruntime-node';\n",
    'src/app/cli/main.ts': "import '../../tensor/engine/session.ts';\nimport 'onnxruntime-node';\n",
  };
  expect(await findings(tree)).toEqual([
    'one-door-to-onnxruntime: src/app/cli/main.ts',
    'one-door-to-onnxruntime: src/tensor/engine/session.ts',
  ]);
});

test('one-door-to-onnxruntime-web: only one file imports the runtime of browsers', async () => {
  const tree = {
    ...onnxruntime,
    'web/playground/engine/onnxruntime-web.ts': "import 'onnxruntime-web';\n",
    'web/playground/main.ts':
      "import './engine/onnxruntime-web.ts';\nimport type { Tensor } from 'onnxruntime-web';\n",
  };
  expect(await findings(tree)).toEqual(['one-door-to-onnxruntime-web: web/playground/main.ts']);
});

test('no-orphans: a file that nobody imports and that imports nothing', async () => {
  const tree = { 'src/study/a.ts': using('./b.ts'), 'src/study/b.ts': file, 'src/study/alone.ts': file };
  expect(await findings(tree)).toEqual(['no-orphans: src/study/alone.ts']);
});

test('resolvable: an import that leads nowhere', async () => {
  const tree = { 'src/study/a.ts': using('./b.ts', './gone.ts'), 'src/study/b.ts': file };
  expect(await findings(tree)).toEqual(['resolvable: src/study/a.ts']);
});
