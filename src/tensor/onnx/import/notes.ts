/** What the reader of results must know about an imported network, one sentence each. */
import { neededNodes } from './convert.ts';
import type { OnnxModel } from './decode.ts';

const DRAWS: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** Randomness that is removed, and which statistics BatchNorm uses. */
export function importNotes(model: OnnxModel, outputs: readonly string[]): string[] {
  const nodes = neededNodes(model, outputs);
  const named = (isMeant: (opType: string) => boolean) =>
    nodes.filter(({ opType }) => isMeant(opType)).map(({ name }) => `'${name}'`);
  const notes: string[] = [];
  const dropouts = named((opType) => opType === 'Dropout');
  if (dropouts.length > 0)
    notes.push(
      `Dropout is left out at ${count(dropouts.length)}: curvature is that of the network without randomness.`,
    );
  const draws = named((opType) => DRAWS.has(opType));
  if (draws.length > 0) notes.push(`Random numbers are replaced by their mean at ${draws.join(', ')}.`);
  const choices = named((opType) => opType === 'Bernoulli');
  if (choices.length > 0)
    notes.push(`Random choices are replaced by their probabilities at ${choices.join(', ')}.`);
  const norms = nodes.filter(({ opType }) => opType === 'BatchNormalization');
  if (norms.some((node) => node.int('training_mode', 0) === 1))
    notes.push(
      'BatchNorm uses the statistics of each micro-batch, since the network was exported in training mode.',
    );
  if (norms.some((node) => node.int('training_mode', 0) === 0))
    notes.push('BatchNorm uses the running statistics of the file, which are constants.');
  const shorn = nodes.filter(({ rewrites }) =>
    rewrites.some((rule) => rule.startsWith('RemoveOptionalBias')),
  );
  if (shorn.length > 0)
    notes.push(
      `The exporter has left out biases that were zero, in ${shorn.map(({ scope, name }) => scope.join('.') || name).join(', ')}; export with optimize=False to have them as blocks.`,
    );
  return notes;
}

const count = (places: number) => (places === 1 ? 'one place' : `${places} places`);
