/** Writes docs/onnx-ops.md from the converters of ONNX operators: `npm run docs:onnx-ops`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CONVERTER_FAMILIES, NEWEST_OPSET } from '../src/tensor/onnx/import/converters/index.ts';

/** The document as it should stand. */
export function onnxOpsDocument(): string {
  const families = Object.entries(CONVERTER_FAMILIES).map(([family, table]) => {
    const rows = Object.entries(table)
      .sort(([x], [y]) => x.localeCompare(y, 'en'))
      .map(([name, { since, limits = '' }]) => `| \`${name}\` | ${since} to ${NEWEST_OPSET} | ${limits} |`);
    return `## ${family}\n\n| operator | operator sets | limits |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# ONNX operators

Made by \`npm run docs:onnx-ops\` from \`src/tensor/onnx/import/converters\`; a test keeps it up to date. These operators of
the standard set can be imported, alone or inside the functions of a file; operators of other domains cannot. Shape
arithmetic is done while a file is imported, so that "on known values" means: where the inputs follow from shapes and
constants. A file with other operators is refused before any work, with all of them named.

${families.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/onnx-ops.md', import.meta.url), onnxOpsDocument());
