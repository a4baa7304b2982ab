import type { ParameterValues } from '../network/models/parameters.ts';
import type { Engine, Executable, NamedTensors } from '../tensor/engine/engine.ts';
import { graphOf } from '../tensor/graph/node.ts';
import type { HostTensor } from '../tensor/graph/type.ts';
import type { Vector } from '../vector/kernels.ts';
import { axpy } from '../vector/vector.ts';
import { type PrimalPart, select } from './primal.ts';
import { gradientGraph, gradientsOf, LOSS_OUTPUT, type TracedModel } from './trace.ts';

/** The mean loss over all micro-batches as a function of the parameters. */
export class LossLandscape {
  private readonly engine: Engine;
  private readonly traced: TracedModel;
  private readonly primal: PrimalPart;
  private loss: Executable | null = null;

  constructor(engine: Engine, traced: TracedModel, primal: PrimalPart) {
    this.engine = engine;
    this.traced = traced;
    this.primal = primal;
  }

  /** The loss at some parameters, given by name. */
  async at(parameters: ParameterValues): Promise<number> {
    const { batchInputs, parameterInputs, loss } = this.traced;
    this.loss ??= await this.engine.compile(
      graphOf('loss', [...batchInputs, ...parameterInputs], [{ name: LOSS_OUTPUT, node: loss }]),
    );
    let sum = 0;
    for (let index = 0; index < this.primal.microBatchCount; index++) {
      const results = await this.run(this.loss, index, parameters);
      sum += this.primal.share(index) * Number((results[LOSS_OUTPUT] as HostTensor).data[0]);
    }
    return sum;
  }

  /** The gradient at some parameters, a flat array for each name. */
  async gradientAt(parameters: ParameterValues): Promise<Record<string, Vector>> {
    const executable = await this.engine.compile(gradientGraph(this.traced));
    const sums: Record<string, Vector> = {};
    for (let index = 0; index < this.primal.microBatchCount; index++) {
      const results = gradientsOf(await this.run(executable, index, parameters));
      for (const [name, { data }] of Object.entries(results)) {
        const gradient = data as Vector;
        sums[name] ??= gradient.slice().fill(0);
        axpy(this.primal.share(index), gradient, sums[name] as Vector);
      }
    }
    await executable.release();
    return sums;
  }

  async release(): Promise<void> {
    await this.loss?.release();
    this.loss = null;
  }

  private run(executable: Executable, index: number, parameters: ParameterValues): Promise<NamedTensors> {
    const all = { ...this.primal.inputs(index), ...parameters };
    return executable.run(select(all, executable.inputNames));
  }
}
