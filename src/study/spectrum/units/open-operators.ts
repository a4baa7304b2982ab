import type { ModelCurvature } from '../../../curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../../curvature/operator.ts';
import { columnsPerRun } from '../plan.ts';
import type { SpectrumRequest } from '../request.ts';

/** Operators of the last piece of work, ready to be used again: pieces with one operator often follow each other. */
export class OpenOperators {
  private readonly curvature: ModelCurvature;
  private readonly request: SpectrumRequest;
  private readonly open = new Map<string, CurvatureOperator>();

  constructor(curvature: ModelCurvature, request: SpectrumRequest) {
    this.curvature = curvature;
    this.request = request;
  }

  /** The operators of these names, in their order; all others are freed. */
  async only(names: readonly string[]): Promise<CurvatureOperator[]> {
    for (const [name, operator] of this.open) {
      if (names.includes(name)) continue;
      await operator.release();
      this.open.delete(name);
    }
    return Promise.all(names.map((name) => this.operator(name)));
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
