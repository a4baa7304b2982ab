import type { ParameterSpec } from '../network/models/model.ts';
import type { LinearOperator, Vector } from '../spectrum/operator.ts';
import { batchLinear } from '../tensor/autodiff/batch.ts';
import type { Linearization } from '../tensor/autodiff/linearize.ts';
import type { Engine, Executable, Feeds } from '../tensor/engine/engine.ts';
import { type Graph, inputName } from '../tensor/graph/node.ts';
import type { HostTensor } from '../tensor/graph/type.ts';
import { describeNonFiniteProduct } from './diagnose.ts';
import { accumulate, layoutOf, toTensors, type VectorLayout, zeroVector } from './layout.ts';
import { PRODUCT, TANGENT } from './linearize-block.ts';
import { type PrimalPart, select } from './primal.ts';
import { RangeSums } from './range-sums.ts';

/** What is said of a product that is not finite where every share is. */
export const FINITE_APART = 'though the share of each micro-batch is finite when it is computed again';

/** A curvature matrix, or a block of one, that several columns may pass at once. */
export interface BlockOperator extends LinearOperator {
  /** How many columns go through one run; products of this many cost least each. */
  readonly columnsPerRun: number;
  whyNotFinite(column: Vector): Promise<string>;
}

/** Products under way, summed over micro-batches. */
export interface ProductSums {
  /** Adds the share of one micro-batch. @param values from `PrimalPart.values` of the same micro-batch. */
  add(index: number, values: Feeds): Promise<void>;
  /** One for each column: the share of the micro-batches added. Nothing is to be added afterwards. */
  take(): Vector[];
}

/**
 * A curvature matrix of the mean loss over all micro-batches, restricted to a group of parameters: for the Hessian the
 * principal block of paper section 2.1. Its tangent graph enters at the group, goes up and comes back down to it; nothing
 * below the group is run.
 */
export class CurvatureOperator implements BlockOperator {
  readonly name: string;
  readonly dim: number;
  readonly precision: LinearOperator['precision'];
  readonly linearization: Linearization;
  private readonly layout: VectorLayout;
  private readonly engine: Engine;
  private readonly primal: PrimalPart;
  private executable: Executable | null = null;
  private lastCompileMs: number | null = null;
  private columns = 1;
  /** What columns are fed in, one set for each run of a product; kept, since fresh memory costs as much as a pass. */
  private readonly feedTensors: HostTensor[][] = [];

  constructor(
    name: string,
    group: readonly ParameterSpec[],
    linearization: Linearization,
    engine: Engine,
    primal: PrimalPart,
  ) {
    this.name = name;
    this.layout = layoutOf(group);
    this.dim = this.layout.dim;
    this.precision = primal.dtype;
    this.linearization = linearization;
    this.engine = engine;
    this.primal = primal;
  }

  /** As set, else 1. */
  get columnsPerRun(): number {
    return this.columns;
  }

  /** How long its graph took to be emitted and compiled, the last time that it was; null before the first product. */
  get compileMs(): number | null {
    return this.lastCompileMs;
  }

  /**
   * Sets how many columns go through one run. More than one pays where tensors are small. The bits of a product may
   * depend on it, so it is chosen from shapes, never from timings.
   */
  async setColumnsPerRun(columns: number): Promise<void> {
    if (columns === this.columns) return;
    await this.release();
    this.columns = columns;
  }

  /** One pass over the micro-batches for all columns, so that residuals made again are made once. */
  async matmat(columns: readonly Vector[]): Promise<Vector[]> {
    const products = await this.begin(columns);
    for (let index = 0; index < this.primal.microBatchCount; index++)
      await products.add(index, await this.primal.values(index));
    return products.take();
  }

  /** Products to which micro-batches are added one by one, by whoever makes the primal values. */
  async begin(columns: readonly Vector[]): Promise<ProductSums> {
    if (this.linearization.tangentGraph.outputs.length === 0)
      return { add: async () => undefined, take: () => columns.map(() => this.zeros()) };
    const executable = await this.prepare();
    const groups = chunk(columns.length, this.columns).map((group, run) => ({
      group,
      feeds: this.tangentFeeds(
        run,
        group.map((column) => columns[column] as Vector),
      ),
    }));
    const sums = new RangeSums(this.primal.rangeStarts);
    const add = async (index: number, values: Feeds) => {
      const ofRange = sums.ofRange(index);
      for (const { group, feeds } of groups) {
        const products = await executable.run(select({ ...values, ...feeds }, executable.inputNames));
        for (const [position, column] of group.entries())
          ofRange[column] = this.withProducts(ofRange[column], products, position, this.primal.share(index));
      }
    };
    return { add, take: () => sums.take() };
  }

  async whyNotFinite(column: Vector): Promise<string> {
    return (await this.causeOfNonFinite(column)) ?? FINITE_APART;
  }

  /**
   * The first micro-batch whose share of a product is not finite, and the operation that it comes from, in words; null
   * where all shares are finite.
   */
  async causeOfNonFinite(column: Vector): Promise<string | null> {
    for (let index = 0; index < this.primal.microBatchCount; index++) {
      const share = await this.begin([column]);
      await share.add(index, await this.primal.values(index));
      if (share.take().every((sum) => sum.every(Number.isFinite))) continue;
      const tangents = toTensors([column], this.layout, this.primal.dtype, 1);
      const cause = await describeNonFiniteProduct(
        this.engine,
        this.linearization,
        (residuals) => this.primal.graphOf(residuals),
        this.primal.inputs(index),
        Object.fromEntries(
          this.layout.parts.map(({ name }, part) => [`${TANGENT}${name}`, tangents[part] as HostTensor]),
        ),
      );
      return `in micro-batch ${this.primal.numberOf(index)}: ${cause}`;
    }
    return null;
  }

  /** Frees the session; the next product makes it again. */
  async release(): Promise<void> {
    await this.executable?.release();
    this.executable = null;
    this.feedTensors.length = 0;
  }

  private zeros(): Vector {
    return zeroVector(this.layout, this.primal.dtype);
  }

  private async prepare(): Promise<Executable> {
    await this.primal.require(this.linearization.residuals);
    if (!this.executable) {
      const startedAt = performance.now();
      this.executable = await this.engine.compile(this.tangentGraph());
      this.lastCompileMs = performance.now() - startedAt;
    }
    return this.executable;
  }

  private tangentGraph(): Graph {
    const { tangentGraph } = this.linearization;
    if (this.columns === 1) return tangentGraph;
    const tangents = tangentGraph.inputs.filter((input) => inputName(input).startsWith(TANGENT));
    return batchLinear(tangentGraph, tangents, this.columns);
  }

  /** @param run which of a product's runs they are for. */
  private tangentFeeds(run: number, columns: readonly Vector[]): Record<string, HostTensor> {
    const earlier = this.feedTensors[run];
    const tensors = toTensors(columns, this.layout, this.primal.dtype, this.columns, earlier);
    if (this.columns > 1) this.feedTensors[run] = tensors;
    return Object.fromEntries(
      this.layout.parts.map(({ name }, index) => [`${TANGENT}${name}`, tensors[index] as HostTensor]),
    );
  }

  /**
   * @param sum of the micro-batches before, changed in place; undefined before the first.
   * @returns the sum with one column's products.
   */
  private withProducts(
    sum: Vector | undefined,
    products: Readonly<Record<string, HostTensor>>,
    position: number,
    share: number,
  ): Vector {
    const { parts } = this.layout;
    const columns = parts.map(({ name, start, stop }) =>
      columnOf(products[`${PRODUCT}${name}`], position, stop - start),
    );
    const [whole] = columns;
    // Taken as it lies. Where columns pass one by one it would be fed from there, which need not be aligned.
    if (whole && !sum && share === 1 && parts.length === 1 && this.columns > 1) return whole;
    const result = sum ?? this.zeros();
    for (const [index, values] of columns.entries())
      if (values) accumulate(result, parts[index]?.start ?? 0, values, share, !sum);
    return result;
  }
}

/** One column of a tensor of several; null where there is no tensor, since the product is zero there. */
function columnOf(product: HostTensor | undefined, position: number, size: number): Vector | null {
  return product ? (product.data as Vector).subarray(position * size, (position + 1) * size) : null;
}

/** The numbers below `count` in groups of `size`, the last one perhaps smaller. */
function chunk(count: number, size: number): number[][] {
  return Array.from({ length: Math.ceil(count / size) }, (_, group) =>
    Array.from({ length: Math.min(size, count - group * size) }, (_, position) => group * size + position),
  );
}
