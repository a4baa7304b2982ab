import { UserError } from '../errors.ts';
import type { MicroBatch } from '../network/data/dataset.ts';
import type { ParameterValues } from '../network/models/parameters.ts';
import { residualBytes, residualName } from '../tensor/autodiff/linearize.ts';
import type { Engine, Executable } from '../tensor/engine/engine.ts';
import { type Graph, graphOf, type Node } from '../tensor/graph/node.ts';
import type { FloatDType, HostTensor } from '../tensor/graph/type.ts';
import { describeNonFinite } from './diagnose.ts';
import { batchFeeds, type TracedModel } from './trace.ts';

/** Values by the names under which tangent graphs take them. */
export type Residuals = Readonly<Record<string, HostTensor>>;

const LOSS = 'loss';

/**
 * The primal part of a model at fixed parameters: runs forward and backward once for each micro-batch and
 * hands its residuals to all later products. Kept in memory within the budget, else computed again each time.
 */
export class PrimalPart {
  private readonly engine: Engine;
  private readonly traced: TracedModel;
  private readonly parameters: ParameterValues;
  private readonly batches: readonly MicroBatch[];
  private readonly memoryBudgetBytes: number;
  private readonly wanted = new Map<string, Node>();
  private readonly kept: (Residuals | undefined)[] = [];
  private readonly losses: number[] = [];
  private compiled: { executable: Executable; graph: Graph } | null = null;

  constructor(
    engine: Engine,
    traced: TracedModel,
    parameters: ParameterValues,
    batches: readonly MicroBatch[],
    memoryBudgetBytes: number,
  ) {
    this.engine = engine;
    this.traced = traced;
    this.parameters = parameters;
    this.batches = batches;
    this.memoryBudgetBytes = memoryBudgetBytes;
  }

  /** Declares residuals that products will need. New ones mean that the primal part runs again. */
  async require(residuals: readonly Node[]): Promise<void> {
    const missing = residuals.filter((node) => !this.wanted.has(residualName(node)));
    for (const node of missing) this.wanted.set(residualName(node), node);
    if (missing.length > 0 || !this.compiled) await this.recompile();
  }

  /** Bytes of all residuals of all micro-batches. */
  get totalBytes(): number {
    return residualBytes([...this.wanted.values()]) * this.batches.length;
  }

  /** Whether residuals stay in memory from product to product. */
  get keepsResiduals(): boolean {
    return this.totalBytes <= this.memoryBudgetBytes;
  }

  /** The graph that computes the residuals of one micro-batch. */
  get graph(): Graph {
    if (!this.compiled) throw new Error('the primal part has no residuals yet; require some first');
    return this.compiled.graph;
  }

  /** Residuals of one micro-batch. @throws UserError when the loss is not finite, naming micro-batch and operation. */
  async residuals(index: number): Promise<Residuals> {
    const known = this.kept[index];
    if (known) return known;
    const { [LOSS]: loss, ...residuals } = await this.run(index);
    this.losses[index] = Number(loss?.data[0]);
    if (this.keepsResiduals) this.kept[index] = residuals;
    return residuals;
  }

  /** Mean loss over all micro-batches, weighted by their sizes. */
  async loss(): Promise<number> {
    if (!this.compiled) await this.recompile();
    for (const index of this.batches.keys())
      if (this.losses[index] === undefined) await this.residuals(index);
    return this.losses.reduce((sum, loss, index) => sum + this.share(index) * loss, 0);
  }

  /** Share of each micro-batch in the mean. */
  share(index: number): number {
    const total = this.batches.reduce((sum, batch) => sum + batch.weight, 0);
    return (this.batches[index] as MicroBatch).weight / total;
  }

  get microBatchCount(): number {
    return this.batches.length;
  }

  get dtype(): FloatDType {
    return this.traced.dtype;
  }

  /** All that a tangent graph of this micro-batch may read besides residuals and tangents. */
  inputs(index: number): Readonly<Record<string, HostTensor>> {
    return { ...batchFeeds(this.batches[index] as MicroBatch, this.traced.dtype), ...this.parameters };
  }

  async release(): Promise<void> {
    this.kept.length = 0;
    await this.compiled?.executable.release();
    this.compiled = null;
  }

  private async recompile(): Promise<void> {
    await this.release();
    const { batchInputs, parameterInputs, loss } = this.traced;
    const outputs = [...this.wanted].map(([name, node]) => ({ name, node }));
    const graph = graphOf(
      'primal',
      [...batchInputs, ...parameterInputs],
      [{ name: LOSS, node: loss }, ...outputs],
    );
    this.compiled = { executable: await this.engine.compile(graph), graph };
  }

  private async run(index: number): Promise<Record<string, HostTensor>> {
    const { executable, graph } = this.compiled as { executable: Executable; graph: Graph };
    const feeds = select(this.inputs(index), executable.inputNames);
    const results = await executable.run(feeds);
    const loss = Number((results[LOSS] as HostTensor).data[0]);
    if (Number.isFinite(loss)) return results;
    const cause = await describeNonFinite(this.engine, graph, feeds);
    throw new UserError(
      `The loss of micro-batch ${index + 1} is ${loss}, expected a finite number: ${cause}. Make the values smaller, or take float64.`,
    );
  }
}

/** The entries of the given names that exist. */
export function select<T>(values: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(values, name) ? [[name, values[name] as T]] : [])),
  );
}
