/** What is compared with what. The names of methods are those of `registry.py` and of `ours-methods.ts`. */

/** One of the other side's ways to the same numbers. */
export interface PeerMethod {
  /** Its name in `registry.py`. */
  readonly method: string;
  readonly title: string;
  /** Rounds that it gets whatever they take; unless given, one that takes too long has only its first run. */
  readonly leastRounds?: number;
  /** Said beside its numbers where they differ from ours. */
  readonly remark?: string;
  /** What rounding may leave between its values and ours; `AGREEMENT_TOLERANCE` unless given. */
  readonly tolerance?: number;
}

export interface Contest {
  /** Our method's name. */
  readonly ours: string;
  readonly title: string;
  /** What a run of ours is. */
  readonly oursTitle: string;
  readonly peers: readonly PeerMethod[];
  /** Whether both sides' values can be compared. */
  readonly isChecked: boolean;
  /** How long each peer may alternate with us on one case. */
  readonly budgetSeconds: number;
}

export const FORWARD = 'forward';
export const HVP = 'hvp';
export const STEP = 'step';
export const TRAIN_SGD = 'train-sgd';
export const TRAIN_ADAMW = 'train-adamw';
/** The peers' methods that targets name. */
export const HVP_SCRATCH = 'hvp-scratch';
export const HVP_KEPT = 'hvp-kept';
export const STEP_PAPER = 'step-paper';
export const STEP_KEPT = 'step-kept';

export const CONTESTS: readonly Contest[] = [
  {
    ours: FORWARD,
    title: 'loss',
    oursTitle: 'forward',
    peers: [{ method: 'forward', title: 'PyTorch, forward' }],
    isChecked: true,
    budgetSeconds: 10,
  },
  {
    ours: 'gradient',
    title: 'loss and gradient',
    oursTitle: 'forward and backward',
    peers: [{ method: 'gradient', title: 'PyTorch, forward and backward' }],
    isChecked: true,
    budgetSeconds: 15,
  },
  {
    ours: 'first-product',
    title: 'first product, from nothing',
    oursTitle: 'derive, compile, primal run, product',
    peers: [{ method: HVP_SCRATCH, title: 'PyTorch, double backward from scratch' }],
    isChecked: false,
    budgetSeconds: 20,
  },
  {
    ours: HVP,
    title: 'product with the whole Hessian',
    oursTitle: 'residuals kept',
    peers: [
      { method: HVP_SCRATCH, title: 'PyTorch, double backward from scratch', leastRounds: 3 },
      { method: HVP_KEPT, title: 'PyTorch, double backward, graph kept', leastRounds: 3 },
      { method: 'hvp-jvp', title: 'torch.func, jvp of grad' },
      {
        method: 'hvp-curvlinops',
        title: 'curvlinops, HessianLinearOperator',
        remark:
          'PyTorch’s jvp of jacrev gives other products for the weights of LayerNorm, in float64 as well',
      },
      { method: 'hvp-pyhessian', title: 'PyHessian, hessian_vector_product' },
      { method: 'hvp-eigenthings', title: 'hessian-eigenthings, CurvatureOperator' },
    ],
    isChecked: true,
    budgetSeconds: 15,
  },
  {
    ours: STEP,
    title: 'one Lanczos step over all blocks',
    oursTitle: 'pruned graph of each block, residuals kept, Lanczos arithmetic included',
    peers: [
      { method: STEP_PAPER, title: 'the paper’s procedure: each block into all leaves', leastRounds: 2 },
      { method: STEP_KEPT, title: 'PyTorch, graph kept, grad restricted to the block', leastRounds: 2 },
      // Before the slower ones, which would have to start anew when this one is given up.
      { method: 'step-linearize', title: 'torch.func, linearised once for each block' },
      { method: 'step-jvp', title: 'torch.func, jvp of the block’s grad' },
      { method: 'step-curvlinops', title: 'curvlinops, block by block' },
      { method: 'step-eigenthings', title: 'hessian-eigenthings, block by block' },
    ],
    isChecked: true,
    budgetSeconds: 30,
  },
  {
    ours: TRAIN_SGD,
    title: 'training step, SGD with momentum',
    oursTitle: 'gradient as one graph, optimizer as a loop',
    peers: [
      {
        method: TRAIN_SGD,
        title: 'PyTorch eager, torch.optim.SGD',
        // What a step adds is read off the weights, whose rounding is 6e-8 of 1 where the step is 1e-4 of it.
        tolerance: 1e-3,
      },
    ],
    isChecked: true,
    budgetSeconds: 15,
  },
  {
    ours: TRAIN_ADAMW,
    title: 'training step, AdamW',
    oursTitle: 'gradient as one graph, optimizer as a loop',
    peers: [{ method: TRAIN_ADAMW, title: 'PyTorch eager, torch.optim.AdamW' }],
    // The first step's length is the rate whatever the gradient, so that rounding decides where it is next to zero.
    isChecked: false,
    budgetSeconds: 15,
  },
];

/** The other side's whole runs, by the methods of `slq.py`. */
export const QUADRATURE_TITLES: Readonly<Record<string, string>> = {
  paper: 'the paper’s procedure',
  kept: 'PyTorch, graph kept, grad restricted to the block',
  eigenthings: 'hessian-eigenthings, spectral_density',
  'kept-full': 'PyTorch, graph kept',
  'pyhessian-full': 'PyHessian, density',
  'eigenthings-full': 'hessian-eigenthings, spectral_density',
};
