/** Every view with an address over the runs of real-runs.ts, and what tells that it is there. */

export interface ViewAddress {
  readonly name: string;
  readonly address: string;
  /** A text of the view that is drawn last. */
  readonly shows: string;
}

export const VIEWS: readonly ViewAddress[] = [
  { name: 'runs', address: '/', shows: 'gpt-pico' },
  { name: 'run', address: '/runs/gpt', shows: 'Blocks in numbers' },
  {
    name: 'run-pair',
    address:
      '/runs/gpt?pair=transformer.wte.weight&pair=transformer.h.0.attn.query.weight&block=full&block=transformer.h.0.mlp.fc.weight&block=transformer.h.1.attn.value.weight&measure=trace',
    shows: 'wte and 0 query',
  },
  { name: 'training', address: '/runs/reproduction/trainings/gpt-tiny', shows: 'About this training' },
  { name: 'comparison', address: '/runs/comparison', shows: 'Final loss by optimizer' },
  { name: 'stages', address: '/runs/stages', shows: 'Whole Hessian at step' },
  { name: 'exact', address: '/runs/reproduction/exact/gpt-tiny-2', shows: 'Mean |entry| of each block' },
  {
    name: 'exact-stages',
    address: '/runs/reproduction/exact/gpt-tiny-stages',
    shows: 'One scale of colours',
  },
  { name: 'coupling', address: '/runs/coupling', shows: 'Typical entry of each block' },
  { name: 'quadratic', address: '/runs/quadratic', shows: 'Open in the playground' },
  { name: 'theory', address: '/runs/theory', shows: 'Proposition 1' },
  { name: 'reproduction', address: '/runs/reproduction', shows: 'Commands' },
  { name: 'advice', address: '/advice/gpt', shows: 'What this does not say' },
  { name: 'compare', address: '/compare?run=gpt&run=mlp', shows: 'JS0, the mean distance' },
  { name: 'live', address: '/live', shows: 'Nothing is running' },
  { name: 'new-run', address: '/new', shows: 'Time and memory' },
  { name: 'playground', address: '/quadratic', shows: 'steps to a millionth' },
];
