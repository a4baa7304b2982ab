/** The two graphs of a training: loss with gradient, and loss with the predicted classes. */
import { batchFeeds, gradientGraph, gradientsOf, LOSS_OUTPUT, traceModel } from '../curvature/trace.ts';
import type { MicroBatch } from '../network/data/dataset.ts';
import type { Model } from '../network/models/model.ts';
import type { Engine, Executable, NamedTensors } from '../tensor/engine/engine.ts';
import { ancestors, graphOf, inputName, type Node } from '../tensor/graph/node.ts';
import type { FloatDType, HostTensor } from '../tensor/graph/type.ts';
import { DropoutMasks } from './dropout.ts';

const LOGITS = 'logits';
/** The tensor of a batch that holds classes; only then are hits counted. */
const LABELS = 'labels';

export interface PassOptions {
  readonly model: Model;
  readonly engine: Engine;
  readonly precision: FloatDType;
}

/** Loss and gradient of one batch, with dropout. */
export class GradientPass {
  private readonly executable: Executable;
  private readonly masks: DropoutMasks;
  private readonly precision: FloatDType;

  private constructor(executable: Executable, masks: DropoutMasks, precision: FloatDType) {
    this.executable = executable;
    this.masks = masks;
    this.precision = precision;
  }

  /**
   * @param like a batch with the shapes of all that will follow.
   * @param dropoutRate of every place that has dropout; null for the model's own.
   */
  static async compile(
    { model, engine, precision }: PassOptions,
    like: MicroBatch,
    dropoutRate: number | null,
  ): Promise<GradientPass> {
    const masks = new DropoutMasks(dropoutRate);
    const traced = traceModel(model, like.tensors, precision, masks.of);
    return new GradientPass(await engine.compile(gradientGraph(traced, masks.inputs)), masks, precision);
  }

  /**
   * @param pass names the masks of dropout together with the seed.
   * @returns the mean loss and the gradients by the parameters' names, in arrays that are the caller's.
   */
  async run(
    batch: MicroBatch,
    parameters: NamedTensors,
    seed: number,
    pass: number,
  ): Promise<{ loss: number; gradients: Record<string, HostTensor> }> {
    const all = {
      ...batchFeeds(batch, this.precision),
      ...parameters,
      ...this.masks.feeds(seed, pass),
    };
    const results = await this.executable.run(feedsOf(this.executable, all));
    return { loss: lossOf(results), gradients: gradientsOf(results) };
  }

  release(): Promise<void> {
    return this.executable.release();
  }
}

/** Loss of one batch without dropout, and how many classes are hit where the data have classes. */
export class EvaluationPass {
  private readonly executable: Executable;
  private readonly precision: FloatDType;

  private constructor(executable: Executable, precision: FloatDType) {
    this.executable = executable;
    this.precision = precision;
  }

  static async compile({ model, engine, precision }: PassOptions, like: MicroBatch): Promise<EvaluationPass> {
    const { batchInputs, parameterInputs, loss } = traceModel(model, like.tensors, precision);
    const logits = logitsOf(loss);
    const outputs = [{ name: LOSS_OUTPUT, node: loss }];
    if (logits) outputs.push({ name: LOGITS, node: logits });
    const graph = graphOf('evaluation', [...batchInputs, ...parameterInputs], outputs);
    return new EvaluationPass(await engine.compile(graph), precision);
  }

  /** @returns the mean loss, and the number of hits or null. */
  async run(batch: MicroBatch, parameters: NamedTensors): Promise<{ loss: number; hits: number | null }> {
    const all = { ...batchFeeds(batch, this.precision), ...parameters };
    const results = await this.executable.run(feedsOf(this.executable, all));
    const logits = results[LOGITS];
    return {
      loss: lossOf(results),
      hits: logits ? countHits(logits, batch.tensors[LABELS] as HostTensor) : null,
    };
  }

  release(): Promise<void> {
    return this.executable.release();
  }
}

function lossOf(results: NamedTensors): number {
  return Number((results[LOSS_OUTPUT] as HostTensor).data[0]);
}

function feedsOf({ inputNames }: Executable, all: NamedTensors): NamedTensors {
  return Object.fromEntries(inputNames.map((name) => [name, all[name] as HostTensor]));
}

/** What the cross-entropy with the batch's classes is taken of; null where there is none. */
function logitsOf(loss: Node): Node | null {
  const found = ancestors([loss]).find(({ op, inputs: [, targets] }) => {
    return op === 'crossEntropy' && targets !== undefined && isLabels(targets);
  });
  return found?.inputs[0] ?? null;
}

function isLabels(node: Node): boolean {
  return node.op === 'input' && inputName(node).endsWith(`.${LABELS}`);
}

function countHits(logits: HostTensor, labels: HostTensor): number {
  const [rows, classes] = logits.shape as readonly [number, number];
  const values = logits.data as Float32Array;
  let hits = 0;
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let index = 1; index < classes; index++)
      if (values[row * classes + index]! > values[row * classes + best]!) best = index;
    if (BigInt(best) === labels.data[row]) hits++;
  }
  return hits;
}
