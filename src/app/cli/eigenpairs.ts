/** `hesscope eigenpairs`: the ends of a spectrum with their eigenvectors, and the loss along them. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Eigenpair } from '../../spectrum/index.ts';
import { type Eigenpairs, measureEigenpairs } from '../../study/estimates/eigenpairs.ts';
import { byParameter } from '../../study/estimates/matrix.ts';
import { eigenpairsRequestSchema } from '../../study/estimates/request.ts';
import { writeSafetensors } from '../../tensor/files/safetensors.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import { writePicture } from '../experiments/picture.ts';
import { eigenpairsSvg, eigenpairsText } from '../report/index.ts';
import { numeric } from './choices.ts';
import { estimateCommand } from './estimate-command.ts';

export function eigenpairsCommand(): Command {
  return estimateCommand({
    name: 'eigenpairs',
    summary: 'the largest and the least eigenvalues with their vectors, and the loss along them',
    description:
      'Finds the ends of the spectrum of the selected blocks together by Lanczos with full reorthogonalisation, writes the eigenvectors block by block, tells the residual of each, and draws the loss along them.',
    examples: `
Examples:
  $ hesscope eigenpairs --model mlp
  $ hesscope eigenpairs --model gpt-pico --count 5 --curvature gauss-newton
  $ hesscope eigenpairs --model gpt-nano --blocks 'transformer.h.0.*' --count 1 --no-slices`,
    schema: eigenpairsRequestSchema,
    options: [
      { key: 'count', flags: '-k, --count <pairs>', parse: numeric },
      { key: 'steps', flags: '-s, --steps <count>', parse: numeric },
      { key: 'tolerance', flags: '--tolerance <share>', parse: numeric },
      { key: 'slices', flags: '--no-slices', description: 'leave out the loss along the eigenvectors' },
      { key: 'slicePoints', flags: '--slice-points <count>', parse: numeric },
    ],
    expectedProducts: ({ steps, count }) => steps + 2 * count,
    measure: measureEigenpairs,
    write,
    text: eigenpairsText,
  });
}

/** Vectors as `largest.<place>.<block>`, numbers without them. */
async function write(out: string, found: Eigenpairs): Promise<object> {
  const { largest, least, layout, ...facts } = found;
  await writeSafetensors(join(out, 'eigenvectors.safetensors'), [
    ...vectorsOf('largest', largest, layout),
    ...vectorsOf('least', least, layout),
  ]);
  const svg = eigenpairsSvg(found);
  if (svg) await writePicture(join(out, 'loss-slices'), svg);
  const numbers = (pairs: readonly Eigenpair[]) => pairs.map(({ value, residual }) => ({ value, residual }));
  return { ...facts, largest: numbers(largest), least: numbers(least) };
}

function vectorsOf(
  end: string,
  pairs: readonly Eigenpair[],
  layout: Eigenpairs['layout'],
): [string, HostTensor][] {
  return pairs.flatMap(({ vector }, place) =>
    byParameter(vector, layout).map(({ parameter, values }): [string, HostTensor] => [
      `${end}.${place + 1}.${parameter.name}`,
      {
        dtype: values instanceof Float32Array ? 'float32' : 'float64',
        shape: parameter.shape,
        data: values.slice(),
      },
    ]),
  );
}
