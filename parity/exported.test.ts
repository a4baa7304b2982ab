/** Networks drawn and exported at the moment of the test, judged by PyTorch: nothing here is a stored answer. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../src/tensor/engine/onnxruntime.ts';
import {
  EXPORTERS,
  exportedCases,
  exportedErrors,
  readExportedCase,
} from '../test/network/models/exported-case.ts';

/** One of each family; the committed fixtures have them all. */
const CASES = ['mlp_batch_norm', 'mobilenet_v3', 'unet', 'gru_classifier', 'distil_encoder', 'llama_decoder'];

const python = process.env.HESSCOPE_PYTHON ?? '.venv/bin/python';
const folder = mkdtempSync(join(tmpdir(), 'hesscope-exported-'));
const seed = String(Date.now() % 100_000);
const options = ['oracle/export_networks.py', ...CASES, '--out', folder, '--seed', seed];
process.stdout.write(`seed ${seed}\n${execFileSync(python, options, { encoding: 'utf8' })}`);
const engine = onnxRuntimeEngine({ threads: 2 });

afterAll(() => rmSync(folder, { recursive: true }));

/** As for the committed fixtures. */
const TOLERANCE = { float64: 1e-8, float32: 1e-4 } as const;

it('all cases are there', () => {
  expect(exportedCases(folder).sort()).toEqual([...CASES].sort());
});

describe.each(CASES.flatMap((name) => EXPORTERS.map((exporter) => [name, exporter] as const)))(
  '%s, exported by %s, agrees with PyTorch',
  (name, exporter) => {
    it.each(['float64', 'float32'] as const)('in %s', async (precision) => {
      const exported = await readExportedCase(name, folder);
      const path = join(folder, `${name}.${exporter}.onnx`);
      const { absent, ...errors } = await exportedErrors(exported, path, engine, precision);
      for (const [what, error] of Object.entries(errors))
        expect(error, what).toBeLessThan(TOLERANCE[precision]);
      expect(absent).toBe(0);
    });
  },
);
