/** The paper's open question of Appendix B: do Adam's scales make the blocks of real networks better or worse conditioned? */
import { median } from 'simple-statistics';
import { UserError } from '../../errors.ts';
import { preconditionedEigenvalues } from '../../quadratic/preconditioned.ts';
import { symmetricEigenvalues, type Vector } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { judgeClaim } from '../claims.ts';
import { exactHessian } from '../exact/measure.ts';
import { parseExactRequest } from '../exact/request.ts';
import { openSubject } from '../spectrum/prepare.ts';
import { spectrumRequestOf } from '../spectrum/request.ts';
import { curvatureOf } from '../spectrum/subject.ts';
import type { TheoryCheck } from './check.ts';

/** Small enough that every block is known entry by entry. */
const NETWORKS = [
  { model: 'mlp', modelOptions: { hidden: '16-8' }, blocks: 'fc2.*,fc3.*', batch: 64 },
  { model: 'gpt-tiny', blocks: 'paper', batch: 16 },
] as const;

/** Eigenvalues below this share of a block's largest |eigenvalue| count as zero: what float64 leaves of a sum. */
const RANK = 1e-10;
/** A block whose largest |eigenvalue| is below this share of the largest of all is zero: rounding of others. */
const ZERO_BLOCK = 1e-11;

/** One block, before and after Adam's scales. */
interface ScaledBlock {
  readonly model: string;
  readonly name: string;
  /** Coordinates whose gradient is not zero: Adam leaves the others. */
  readonly dim: number;
  /** Eigenvalues that are not zero, before and after: scales that are not zero do not change the rank. */
  readonly rank: number;
  /** Largest over least |eigenvalue| that is not zero. */
  readonly conditionNumber: number;
  readonly preconditioned: number;
}

export const REAL_BLOCKS: TheoryCheck = {
  name: 'real-blocks',
  title: 'What Adam’s scales do to the condition of the blocks of small networks',
  remark:
    'Blocks of networks are indefinite and mostly singular: the condition is that of the largest to the least |eigenvalue| that is not zero (above 1e-10 of the largest). D holds the absolute gradients at initialisation; coordinates without a gradient are left out, as Adam leaves them. Blocks that are zero to rounding are left out too.',
  async run(size, seed) {
    const engine = await openOnnxRuntimeEngine({ threads: 1 });
    const seeds = Array.from({ length: size === 'quick' ? 1 : 5 }, (_, index) => seed + index);
    const blocks: ScaledBlock[] = [];
    for (const own of seeds)
      for (const network of NETWORKS) blocks.push(...(await scaledBlocks({ ...network, seed: own }, engine)));
    const ratios = blocks.map(({ preconditioned, conditionNumber }) => preconditioned / conditionNumber);
    const worse = ratios.filter((ratio) => ratio > 1).length;
    return {
      numbers: { seeds, blocks },
      claims: [
        judgeClaim(
          {
            id: 'real-blocks-reduced',
            text: 'Adam’s preconditioner can reduce the condition number of blocks of real networks (open in Appendix B).',
            threshold:
              'kappa(D^-1 H_l) is below kappa_l in more than half of the blocks; in at least one: partly',
          },
          `smaller in ${ratios.length - worse} of ${ratios.length} blocks; ratios from ${Math.min(...ratios).toPrecision(2)} to ${Math.max(...ratios).toPrecision(2)}, median ${median(ratios).toPrecision(2)}`,
          worse < ratios.length / 2,
          worse < ratios.length,
        ),
      ],
    };
  },
};

async function scaledBlocks(
  choices: Readonly<Record<string, unknown>>,
  engine: Engine,
): Promise<ScaledBlock[]> {
  const request = parseExactRequest({ ...choices, group: 'parameter' });
  const hessian = await exactHessian(request, engine);
  if (!hessian) throw new UserError('expected a matrix, found that its making was stopped');
  const gradients = await gradientsOf(request, engine);
  const { model, dim, entries, groups } = hessian;
  const scale = Math.max(...hessian.eigenvalues.map(Math.abs));
  return groups.flatMap(({ name, start }) => {
    const sizes = Array.from(gradients[name] as Vector, Math.abs);
    const kept = [...sizes.keys()].filter((index) => sizes[index] !== 0);
    const matrix = Float64Array.from(
      kept.flatMap((row) => kept.map((column) => entries[(start + row) * dim + start + column] as number)),
    );
    const plain = symmetricEigenvalues(matrix, kept.length).map(Math.abs);
    if (kept.length === 0 || Math.max(...plain) < ZERO_BLOCK * scale) return [];
    const scales = kept.map((index) => sizes[index] as number);
    const scaled = preconditionedEigenvalues(matrix, kept.length, scales).map(Math.abs);
    // The rank of both is that of the block: as many are compared.
    const rank = plain.filter((value) => value > RANK * Math.max(...plain)).length;
    return {
      model,
      name,
      dim: kept.length,
      rank,
      conditionNumber: conditionOf(plain, rank),
      preconditioned: conditionOf(scaled, rank),
    };
  });
}

function conditionOf(sizes: Float64Array, rank: number): number {
  const sorted = [...sizes].sort((a, b) => b - a);
  return (sorted[0] as number) / (sorted[rank - 1] as number);
}

async function gradientsOf(
  request: ReturnType<typeof parseExactRequest>,
  engine: Engine,
): Promise<Record<string, Vector>> {
  const wanted = spectrumRequestOf(request);
  const subject = await openSubject(wanted);
  const curvature = curvatureOf(subject, wanted, engine);
  const landscape = curvature.landscape();
  try {
    return await landscape.gradientAt(curvature.parameters);
  } finally {
    await landscape.release();
    await curvature.release();
  }
}
