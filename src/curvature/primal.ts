import { UserError } from '../errors.ts';
import type { MicroBatch } from '../network/data/dataset.ts';
import type { ParameterValues } from '../network/models/parameters.ts';
import { residualBytes, residualName } from '../tensor/autodiff/linearize.ts';
import type { Engine, EngineTensor, Executable, Feeds } from '../tensor/engine/engine.ts';
import { isOnHost, usedInputs } from '../tensor/engine/feeds.ts';
import { type Graph, graphOf, type Node } from '../tensor/graph/node.ts';
import { segmentGraph } from '../tensor/graph/passes/segments.ts';
import type { FloatDType, HostTensor } from '../tensor/graph/type.ts';
import { inferType } from '../tensor/ops/index.ts';
import { describeNonFinite } from './diagnose.ts';
import { batchFeeds, type TracedModel } from './trace.ts';

/** Values by the names under which tangent graphs take them; they stay where the engine computes. */
export type Residuals = Readonly<Record<string, EngineTensor>>;

const LOSS = 'loss';

/**
 * The primal part runs in segments of at most this many bytes of residuals, because the runtime holds the results of a
 * run beside the copies that it hands out.
 */
export const SEGMENT_BYTES = 2 ** 27;

/** The place of micro-batches among those that a mean runs over. */
export interface BatchPlace {
  /** Micro-batches before the first one here. */
  readonly before: number;
  /** The weight of all micro-batches of the mean, those elsewhere included. */
  readonly totalWeight: number;
}

/** How the mean over micro-batches is taken. */
export interface BatchMean {
  /** The first micro-batch of each range that is summed by itself. */
  readonly rangeStarts: ReadonlySet<number>;
  /** Null where the mean runs over the micro-batches here and no others. */
  readonly place: BatchPlace | null;
}

/** One segment, ready to run. */
interface Segment {
  readonly executable: Executable<EngineTensor>;
  /** Values that no later segment reads and that are no residuals. */
  readonly lastUsed: readonly string[];
}

/**
 * The primal part of a model at fixed parameters: runs forward and backward once for each micro-batch and
 * hands its residuals to all later products, or, where they are not kept in memory, again for each.
 */
export class PrimalPart {
  private readonly engine: Engine;
  private readonly traced: TracedModel;
  private readonly parameters: ParameterValues;
  private readonly batches: readonly MicroBatch[];
  /** The first micro-batch of each range whose products are summed by themselves. */
  readonly rangeStarts: ReadonlySet<number>;
  private readonly before: number;
  private readonly totalWeight: number;
  private readonly wanted = new Map<string, Node>();
  private readonly kept: (Residuals | undefined)[] = [];
  /** What was handed out last and is not kept. */
  private lent: Residuals = {};
  private readonly losses: number[] = [];
  /** Whether residuals stay in memory from product to product; to be set before the first product. */
  keepsResiduals = true;
  private compiled: { segments: readonly Segment[]; graph: Graph } | null = null;

  constructor(
    engine: Engine,
    traced: TracedModel,
    parameters: ParameterValues,
    batches: readonly MicroBatch[],
    { rangeStarts, place }: BatchMean,
  ) {
    this.engine = engine;
    this.traced = traced;
    this.parameters = parameters;
    this.batches = batches;
    this.rangeStarts = rangeStarts;
    this.before = place?.before ?? 0;
    this.totalWeight = place?.totalWeight ?? batches.reduce((sum, batch) => sum + batch.weight, 0);
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

  /** The graph that computes the residuals of one micro-batch. */
  get graph(): Graph {
    if (!this.compiled) throw new Error('the primal part has no residuals yet; require some first');
    return this.compiled.graph;
  }

  /** The graph that would compute the loss and given residuals of one micro-batch. */
  graphOf(residuals: readonly Node[]): Graph {
    const { batchInputs, parameterInputs, loss } = this.traced;
    return graphOf(
      'primal',
      [...batchInputs, ...parameterInputs],
      [{ name: LOSS, node: loss }, ...residuals.map((node) => ({ name: residualName(node), node }))],
    );
  }

  /**
   * Residuals of one micro-batch. Where they are not kept, they are freed when the next ones are asked for.
   * @throws UserError when the loss is not finite, naming micro-batch and operation.
   */
  async residuals(index: number): Promise<Residuals> {
    const known = this.kept[index];
    if (known) return known;
    this.takeBack();
    const { [LOSS]: loss, ...residuals } = await this.run(index);
    this.losses[index] = Number((loss as HostTensor).data[0]);
    if (this.keepsResiduals) this.kept[index] = residuals;
    else this.lent = residuals;
    return residuals;
  }

  /** Mean loss over all micro-batches, weighted by their sizes. */
  async loss(): Promise<number> {
    const losses = await this.batchLosses();
    return losses.reduce((sum, loss, index) => sum + this.share(index) * loss, 0);
  }

  /** The loss of each micro-batch. */
  async batchLosses(): Promise<readonly number[]> {
    if (!this.compiled) await this.recompile();
    for (const index of this.batches.keys())
      if (this.losses[index] === undefined) await this.residuals(index);
    return this.losses;
  }

  /** Share of each micro-batch in the mean. */
  share(index: number): number {
    return (this.batches[index] as MicroBatch).weight / this.totalWeight;
  }

  /** The number of a micro-batch for people, from 1 on, among all that the mean runs over. */
  numberOf(index: number): number {
    return this.before + index + 1;
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

  /** Everything but the tangents that a tangent graph may read for one micro-batch. */
  async values(index: number): Promise<Feeds> {
    return { ...this.inputs(index), ...(await this.residuals(index)) };
  }

  async release(): Promise<void> {
    this.takeBack();
    for (const residuals of this.kept) if (residuals) free(residuals);
    this.kept.length = 0;
    for (const { executable } of this.compiled?.segments ?? []) await executable.release();
    this.compiled = null;
  }

  private takeBack(): void {
    free(this.lent);
    this.lent = {};
  }

  private async recompile(): Promise<void> {
    await this.release();
    const graph = this.graphOf([...this.wanted.values()]);
    this.compiled = { graph, segments: await this.compileSegments(graph) };
  }

  private async compileSegments(graph: Graph): Promise<Segment[]> {
    const parts = segmentGraph(graph, inferType, SEGMENT_BYTES);
    const lastUse = new Map<string, number>();
    for (const [index, part] of parts.entries())
      for (const name of usedInputs(part)) lastUse.set(name, index);
    const crossing = new Set(parts.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
    for (const { name } of graph.outputs) crossing.delete(name);
    const segments: Segment[] = [];
    for (const [index, part] of parts.entries()) {
      const kept = part.outputs.flatMap(({ name }) => (name === LOSS ? [] : [name]));
      segments.push({
        executable: await this.engine.compileKeeping(part, kept),
        lastUsed: [...crossing].filter((name) => lastUse.get(name) === index),
      });
    }
    return segments;
  }

  private async run(index: number): Promise<Record<string, EngineTensor>> {
    const { segments, graph } = this.compiled as NonNullable<PrimalPart['compiled']>;
    const inputs = this.inputs(index);
    const values: Record<string, EngineTensor> = {};
    for (const { executable, lastUsed } of segments) {
      Object.assign(values, await executable.run(select({ ...inputs, ...values }, executable.inputNames)));
      free(select(values, lastUsed));
      for (const name of lastUsed) delete values[name];
    }
    const loss = Number((values[LOSS] as HostTensor).data[0]);
    if (Number.isFinite(loss)) return values;
    const cause = await describeNonFinite(this.engine, graph, select(inputs, usedInputs(graph)));
    throw new UserError(
      `The loss of micro-batch ${this.numberOf(index)} is ${loss}, expected a finite number: ${cause}. Make the values smaller, or take float64.`,
    );
  }
}

function free(residuals: Residuals): void {
  for (const tensor of Object.values(residuals)) if (!isOnHost(tensor)) tensor.release();
}

/** The entries of the given names that exist. */
export function select<T>(values: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(values, name) ? [[name, values[name] as T]] : [])),
  );
}
