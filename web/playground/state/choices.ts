/** What the reader chooses to measure. It stands in the address, so that a link shows the next reader the same. */
import type { SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';
import type { Query } from '../../page/address.ts';
import { FIRST_MODEL, type OfferedModel, offeredModel } from './models.ts';

export const DEVICES = ['wasm', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];

/** Choices that are whole numbers, with their least and largest value. */
export const NUMBERS = {
  batch: { label: 'batch', least: 1, largest: 64 },
  probes: { label: 'probes', least: 1, largest: 20 },
  steps: { label: 'steps', least: 2, largest: 200 },
  seed: { label: 'seed', least: 0, largest: 2 ** 31 - 1 },
} as const;
export type NumberName = keyof typeof NUMBERS;

/** Few enough that a small model is done in some ten seconds. */
const USUAL = { probes: 3, steps: 20, seed: 0 } as const;

export interface Choices extends Readonly<Record<NumberName, number>> {
  readonly model: OfferedModel;
  readonly device: Device;
}

/** The choices of an address; what it does not say, or says wrongly, is as usual. */
export function choicesOf(query: Pick<Query, 'get'>): Choices {
  const model = offeredModel(query.get('model') ?? '') ?? FIRST_MODEL;
  const number = (name: NumberName, usual: number) => {
    const text = query.get(name);
    const value = Number(text);
    const { least, largest } = NUMBERS[name];
    return text !== null && Number.isInteger(value) && value >= least && value <= largest ? value : usual;
  };
  return {
    model,
    batch: number('batch', model.batch),
    probes: number('probes', USUAL.probes),
    steps: number('steps', USUAL.steps),
    seed: number('seed', USUAL.seed),
    device: query.get('device') === 'webgpu' ? 'webgpu' : 'wasm',
  };
}

/** The request that `hesscope spectrum` would make of the same choices. */
export function requestOf(
  { model, batch, probes, steps, seed, device }: Choices,
  threads: number,
): SpectrumRequestInput {
  return {
    model: model.name,
    batch,
    probes,
    steps,
    seed,
    device: device === 'webgpu' ? 'webgpu' : 'cpu',
    threads,
  };
}

/** The command that measures the same on Node. */
export function commandOf({ model, batch, probes, steps, seed }: Choices): string {
  return `hesscope spectrum --model ${model.name} --batch ${batch} --probes ${probes} --steps ${steps} --seed ${seed}`;
}
