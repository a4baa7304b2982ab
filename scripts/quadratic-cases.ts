/**
 * Writes the eigenvalues of Cases 1 and 2 of Section 3.1: `npm run quadratic-cases -- <folder of case 1> <folder of case 2>`.
 * The folders are of `hesscope spectrum` on GPT2's and ResNet18's blocks; docs/quadratic.md has the two commands.
 */
import { fileURLToPath } from 'node:url';
import { readRun } from '../src/app/runs/directory.ts';
import { writeAside } from '../src/app/runs/write.ts';
import { sampleBlock } from '../src/quadratic/sampled.ts';

/** Eigenvalues of a block, as in the paper. */
const COUNT = 25;
const TARGET = fileURLToPath(new URL('../src/quadratic/measured-spectra.ts', import.meta.url));

const [gpt2, resnet18] = process.argv.slice(2);
if (gpt2 === undefined || resnet18 === undefined)
  throw new Error('expected two folders of runs, of GPT2 and of ResNet18');

async function measured(path: string) {
  const { run, spectra } = await readRun(path);
  if (spectra?.blocks.length !== 4)
    throw new Error(`${path}: expected the spectra of four blocks, found ${spectra?.blocks.length ?? 0}`);
  const { model, data, request } = run;
  const { probes, steps, seed } = request as Record<string, number>;
  return {
    source: `${model.name}, ${model.parameterCount} parameters, at initialisation (seed ${seed}); ${data.description}; ${probes} probes of ${steps} steps`,
    blocks: spectra.blocks.map((block) => sampleBlock(block, COUNT)),
  };
}

const cases = { gpt2: await measured(gpt2), resnet18: await measured(resnet18) };
await writeAside(
  TARGET,
  `/** Written by \`npm run quadratic-cases\`; not to be edited. */
import type { SampledBlock } from './sampled.ts';

/** Eigenvalues of four blocks as they were measured, and of what. */
export interface MeasuredSpectra {
  readonly source: string;
  readonly blocks: readonly SampledBlock[];
}

export const GPT2_SPECTRA: MeasuredSpectra = ${JSON.stringify(cases.gpt2, null, 2)};

export const RESNET18_SPECTRA: MeasuredSpectra = ${JSON.stringify(cases.resnet18, null, 2)};
`,
);
