import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { opsDocument } from '../../scripts/generate-ops-doc.ts';

it('docs/ops.md is what the registry gives; run npm run docs:ops after a change', () => {
  expect(readFileSync(new URL('../../docs/ops.md', import.meta.url), 'utf8')).toBe(opsDocument());
});
