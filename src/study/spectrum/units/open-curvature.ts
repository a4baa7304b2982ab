import type { ModelCurvature, ResidualChoice } from '../../../curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../../curvature/operator.ts';
import type { BatchPlace } from '../../../curvature/primal.ts';
import type { Engine } from '../../../tensor/engine/engine.ts';
import { columnsPerRun } from '../plan.ts';
import type { SpectrumRequest } from '../request.ts';
import { curvatureOf, type Subject } from '../subject.ts';

/** A curvature opened for pieces of work that share its primal part, with the operators of the last one. */
export class OpenCurvature {
  readonly curvature: ModelCurvature;
  private readonly request: SpectrumRequest;
  /** Ready to be used again: pieces with one operator often follow each other. */
  private readonly open = new Map<string, CurvatureOperator>();

  private constructor(curvature: ModelCurvature, request: SpectrumRequest) {
    this.curvature = curvature;
    this.request = request;
  }

  /**
   * Declares the residuals of all parameters.
   *
   * @param place where the subject's data are a part of those that the mean runs over.
   */
  static async open(
    subject: Subject,
    request: SpectrumRequest,
    residuals: ResidualChoice,
    engine: Engine,
    place?: BatchPlace,
  ): Promise<OpenCurvature> {
    const curvature = curvatureOf(subject, request, engine, place);
    curvature.chooseResiduals(residuals);
    await curvature.linearizeAll();
    return new OpenCurvature(curvature, request);
  }

  /** The operators of these names, in their order; all others are freed. */
  async operators(names: readonly string[]): Promise<CurvatureOperator[]> {
    for (const [name, operator] of this.open) {
      if (names.includes(name)) continue;
      await operator.release();
      this.open.delete(name);
    }
    return Promise.all(names.map((name) => this.operator(name)));
  }

  /** The operator of a name; all others are freed. */
  async onlyOperator(name: string): Promise<CurvatureOperator> {
    await this.operators([name]);
    return this.operator(name);
  }

  /** Frees everything. */
  async release(): Promise<void> {
    await this.operators([]);
    await this.curvature.release();
  }

  private async operator(name: string): Promise<CurvatureOperator> {
    const known = this.open.get(name);
    if (known) return known;
    const parameter = this.curvature.model.parameters.find((candidate) => candidate.name === name);
    const operator = parameter ? this.curvature.block(parameter) : this.curvature.whole();
    this.open.set(name, operator);
    await operator.setColumnsPerRun(columnsPerRun(operator, this.request));
    return operator;
  }
}
