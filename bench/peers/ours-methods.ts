/** What is timed on our side, one class for each quantity; the names are those of the contests. */
import { graphCost } from '../../src/curvature/cost.ts';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../src/curvature/operator.ts';
import { batchFeeds, gradientGraph, gradientsOf, traceModel } from '../../src/curvature/trace.ts';
import type { MicroBatch } from '../../src/network/data/dataset.ts';
import type { ParameterSpec } from '../../src/network/models/model.ts';
import { advanceLanczos, type LanczosState, startLanczos, type Vector } from '../../src/spectrum/index.ts';
import type { Engine, Executable, NamedTensors } from '../../src/tensor/engine/engine.ts';
import { type Graph, graphOf } from '../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../src/tensor/graph/type.ts';
import { TrainingStep } from './ours-training.ts';
import type { Timing } from './side.ts';
import { type BenchmarkSubject, PRECISION } from './subject.ts';

/** More Lanczos steps than are ever timed. */
const MANY_STEPS = 10_000;

/** Values by the names of the other side's. */
export type Values = Record<string, HostTensor>;

/** One way to compute, made ready by `prepare`. */
export interface OurMethod {
  prepare(): Promise<void>;
  run(): Promise<Timing>;
  /** The values that a run computes, to be compared. */
  values(): Promise<Values>;
  /** Of the matrix products that a run needs. */
  readonly productFlops?: number;
  release(): Promise<void>;
}

/** Loss, or loss and gradient, as one graph with nothing kept. */
abstract class PlainGraph implements OurMethod {
  protected readonly subject: BenchmarkSubject;
  private readonly engine: Engine;
  private executable: Executable | null = null;

  constructor(subject: BenchmarkSubject, engine: Engine) {
    this.subject = subject;
    this.engine = engine;
  }

  protected abstract graph(batch: MicroBatch): Graph;

  protected abstract valuesOf(results: NamedTensors): Values;

  async prepare(): Promise<void> {
    this.executable = await this.engine.compile(this.graph(this.subject.data.microBatch(0)));
  }

  async run(): Promise<Timing> {
    const feeds = this.feeds();
    return time(() => this.prepared.run(feeds));
  }

  async values(): Promise<Values> {
    return this.valuesOf(await this.prepared.run(this.feeds()));
  }

  async release(): Promise<void> {
    await this.executable?.release();
    this.executable = null;
  }

  private get prepared(): Executable {
    if (!this.executable) throw new Error('prepare the method first');
    return this.executable;
  }

  private feeds(): NamedTensors {
    const { data, parameters } = this.subject;
    const all = { ...batchFeeds(data.microBatch(0), PRECISION), ...parameters };
    return Object.fromEntries(this.prepared.inputNames.map((name) => [name, all[name] as HostTensor]));
  }
}

class Forward extends PlainGraph {
  protected graph(batch: MicroBatch): Graph {
    const { batchInputs, parameterInputs, loss } = traceModel(this.subject.model, batch.tensors, PRECISION);
    return graphOf('loss', [...batchInputs, ...parameterInputs], [{ name: 'loss', node: loss }]);
  }

  protected valuesOf(results: NamedTensors): Values {
    return { ...results };
  }
}

class Gradient extends PlainGraph {
  protected graph(batch: MicroBatch): Graph {
    return gradientGraph(traceModel(this.subject.model, batch.tensors, PRECISION));
  }

  protected valuesOf(results: NamedTensors): Values {
    return gradientsOf(results);
  }
}

/** A product from nothing: derive and compile, run the primal part, multiply. */
class FirstProduct implements OurMethod {
  private readonly subject: BenchmarkSubject;
  private readonly engine: Engine;

  constructor(subject: BenchmarkSubject, engine: Engine) {
    this.subject = subject;
    this.engine = engine;
  }

  async prepare(): Promise<void> {}

  async run(): Promise<Timing> {
    const partsMs: Record<string, number> = {};
    const part = async <T>(name: string, action: () => T | Promise<T>): Promise<T> => {
      const startedAt = performance.now();
      const result = await action();
      partsMs[name] = performance.now() - startedAt;
      return result;
    };
    const curvature = await part('derive and compile', async () => {
      const made = newCurvature(this.subject, this.engine);
      await made.linearizeAll();
      return made;
    });
    await part('primal run', () => curvature.loss());
    const operator = curvature.whole();
    await part('first product', () => operator.matmat([flatVector(this.subject)]));
    await operator.release();
    await curvature.release();
    return { elapsedMs: sum(Object.values(partsMs)), partsMs };
  }

  async values(): Promise<Values> {
    return {};
  }

  async release(): Promise<void> {}
}

/** A product with the whole Hessian, the primal part's residuals kept from before. */
class FullProduct implements OurMethod {
  private readonly subject: BenchmarkSubject;
  private readonly curvature: () => Promise<ModelCurvature>;
  private operator: CurvatureOperator | null = null;
  private readonly vector: Vector;
  productFlops = 0;

  constructor(subject: BenchmarkSubject, curvature: () => Promise<ModelCurvature>) {
    this.subject = subject;
    this.curvature = curvature;
    this.vector = flatVector(subject);
  }

  async prepare(): Promise<void> {
    this.operator = (await this.curvature()).whole();
    this.productFlops = neededFlops(this.operator);
    await this.operator.matmat([this.vector]);
  }

  run(): Promise<Timing> {
    const { operator } = this;
    return time(() => operator?.matmat([this.vector]));
  }

  async values(): Promise<Values> {
    const [product] = (await this.operator?.matmat([this.vector])) ?? [];
    return shaped(this.subject.model.parameters, product as Vector);
  }

  async release(): Promise<void> {
    await this.operator?.release();
    this.operator = null;
  }
}

/** One Lanczos step of every block: its product and the arithmetic on the vectors. */
class BlockSteps implements OurMethod {
  private readonly subject: BenchmarkSubject;
  private readonly curvature: () => Promise<ModelCurvature>;
  private readonly operators = new Map<ParameterSpec, CurvatureOperator>();
  private readonly states = new Map<ParameterSpec, LanczosState>();

  constructor(subject: BenchmarkSubject, curvature: () => Promise<ModelCurvature>) {
    this.subject = subject;
    this.curvature = curvature;
  }

  get productFlops(): number {
    return sum([...this.operators.values()].map(neededFlops));
  }

  async prepare(): Promise<void> {
    const curvature = await this.curvature();
    for (const block of this.subject.blocks) {
      this.operators.set(block, curvature.block(block));
      await this.restart(block);
    }
  }

  async run(): Promise<Timing> {
    const partsMs: Record<string, number> = {};
    for (const [block, operator] of this.operators) {
      if (this.state(block).finished !== null) await this.restart(block);
      const startedAt = performance.now();
      await advanceLanczos(operator, [this.state(block)]);
      partsMs[block.name] = performance.now() - startedAt;
    }
    return { elapsedMs: sum(Object.values(partsMs)), partsMs };
  }

  async values(): Promise<Values> {
    const values: Values = {};
    for (const [block, operator] of this.operators) {
      const [product] = await operator.matmat([this.subject.vectors[block.name] as Vector]);
      Object.assign(values, shaped([block], product as Vector));
    }
    return values;
  }

  async release(): Promise<void> {
    for (const operator of this.operators.values()) await operator.release();
    this.operators.clear();
    this.states.clear();
  }

  /** Goes back to the start and past the first step, which has no vector before it to subtract. */
  private async restart(block: ParameterSpec): Promise<void> {
    const operator = this.operators.get(block) as CurvatureOperator;
    const state = startLanczos(this.subject.vectors[block.name] as Vector, { steps: MANY_STEPS });
    await advanceLanczos(operator, [state]);
    this.states.set(block, state);
  }

  private state(block: ParameterSpec): LanczosState {
    return this.states.get(block) as LanczosState;
  }
}

/** All methods of our side on one subject, by name. */
export function ourMethods(subject: BenchmarkSubject, engine: Engine): Record<string, OurMethod> {
  let shared: Promise<ModelCurvature> | null = null;
  const curvature = () => {
    shared ??= residualsOf(newCurvature(subject, engine));
    return shared;
  };
  return {
    forward: new Forward(subject, engine),
    gradient: new Gradient(subject, engine),
    'first-product': new FirstProduct(subject, engine),
    hvp: new FullProduct(subject, curvature),
    step: new BlockSteps(subject, curvature),
    'train-sgd': new TrainingStep(subject, engine, 'sgd'),
    'train-adamw': new TrainingStep(subject, engine, 'adamw'),
  };
}

function newCurvature({ model, parameters, data }: BenchmarkSubject, engine: Engine): ModelCurvature {
  return new ModelCurvature({
    model,
    parameters,
    data,
    engine,
    precision: PRECISION,
  });
}

/** The same curvature, its primal part run. */
async function residualsOf(curvature: ModelCurvature): Promise<ModelCurvature> {
  await curvature.linearizeAll();
  await curvature.loss();
  return curvature;
}

/** Of the products in the operator's tangent graph, which holds only what its group of parameters needs. */
function neededFlops({ linearization }: CurvatureOperator): number {
  return graphCost(linearization.tangentGraph).productFlops;
}

async function time(action: () => unknown): Promise<Timing> {
  const startedAt = performance.now();
  await action();
  return { elapsedMs: performance.now() - startedAt, partsMs: {} };
}

/** All vectors one after the other, in the order of the parameters. */
function flatVector({ model, vectors }: BenchmarkSubject): Vector {
  const parts = model.parameters.map(({ name }) => vectors[name] as Vector);
  const flat = new Float32Array(sum(parts.map(({ length }) => length)));
  let start = 0;
  for (const part of parts) {
    flat.set(part, start);
    start += part.length;
  }
  return flat;
}

/** A flat vector over a group of parameters as one tensor for each. */
function shaped(group: readonly ParameterSpec[], flat: Vector): Values {
  let start = 0;
  return Object.fromEntries(
    group.map(({ name, shape }): [string, HostTensor] => {
      const stop = start + shape.reduce((size, extent) => size * extent, 1);
      const data = flat.slice(start, stop);
      start = stop;
      return [name, { dtype: PRECISION, shape, data }];
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
