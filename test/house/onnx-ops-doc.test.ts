import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { onnxOpsDocument } from '../../scripts/generate-onnx-ops-doc.ts';

it('docs/onnx-ops.md is what the converters give; run npm run docs:onnx-ops after a change', () => {
  expect(readFileSync(new URL('../../docs/onnx-ops.md', import.meta.url), 'utf8')).toBe(onnxOpsDocument());
});
