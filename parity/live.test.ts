/** Fresh random networks, judged by PyTorch at the moment of the test: nothing here is a stored answer. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../src/tensor/engine/onnxruntime.ts';
import { readParityCase } from '../test/curvature/parity-case.ts';
import { parityErrors } from '../test/curvature/parity-errors.ts';

const python = process.env.HESSCOPE_PYTHON ?? '.venv/bin/python';
const folder = mkdtempSync(join(tmpdir(), 'hesscope-parity-'));
const printed = execFileSync(python, ['oracle/live_parity.py', 'make', '--out', folder], {
  encoding: 'utf8',
});
process.stdout.write(printed);
const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
const engine = onnxRuntimeEngine({ threads: 2 });

afterAll(() => rmSync(folder, { recursive: true }));

/** As for the committed fixtures: rounding of long sums, far below what a wrong term would give. */
const TOLERANCE = { float64: 1e-9, float32: 1e-4 } as const;

it('has small cases of random sizes and two large ones', () => {
  expect(files.filter((name) => name.startsWith('large')).length).toBe(2);
  expect(files.length).toBeGreaterThan(5);
});

describe.each(files)('%s agrees with PyTorch', (file) => {
  it.each(['float64', 'float32'] as const)('in %s', async (precision) => {
    const parity = await readParityCase(join(folder, file));
    const { blocks, ...whole } = await parityErrors(parity, engine, precision);
    for (const [what, error] of Object.entries({ ...whole, ...blocks }))
      expect(error, what).toBeLessThan(TOLERANCE[precision]);
  });
});
