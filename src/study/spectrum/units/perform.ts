/** Units of one measurement performed by one process, which keeps open what they share. */
import type { ModelCurvature, ResidualChoice } from '../../../curvature/model-curvature.ts';
import type { BlockOperator, CurvatureOperator } from '../../../curvature/operator.ts';
import { checkOperator } from '../../../curvature/self-check.ts';
import { Sweep } from '../../../curvature/sweep.ts';
import type { Engine } from '../../../tensor/engine/engine.ts';
import { denseEigenvalues } from '../exact-job.ts';
import { type LanczosJobHooks, runProbes } from '../lanczos-job.ts';
import { columnsPerRun } from '../plan.ts';
import type { SpectrumRequest } from '../request.ts';
import type { ProbeStore } from '../store.ts';
import { curvatureOf, type Subject } from '../subject.ts';
import type { PartResult, UnitOutcome, UnitPart, WorkUnit } from './unit.ts';

/** A measurement opened for its units: the primal part and its residuals serve all of them. */
export class UnitBench {
  private readonly curvature: ModelCurvature;
  private readonly subject: Subject;
  private readonly request: SpectrumRequest;
  /** Of the last unit, ready to be used again: units of one operator often follow each other. */
  private readonly operators = new Map<string, CurvatureOperator>();

  private constructor(curvature: ModelCurvature, subject: Subject, request: SpectrumRequest) {
    this.curvature = curvature;
    this.subject = subject;
    this.request = request;
  }

  /** Runs the primal part. @throws when the loss is not finite. */
  static async open(
    subject: Subject,
    request: SpectrumRequest,
    residuals: ResidualChoice,
    engine: Engine,
  ): Promise<UnitBench> {
    const curvature = curvatureOf(subject, request, engine);
    curvature.chooseResiduals(residuals);
    await curvature.linearizeAll();
    return new UnitBench(curvature, subject, request);
  }

  /**
   * Performs a unit.
   *
   * @param store keeps what has been done of it, and may hold what an earlier try has left.
   * @returns null when it was told to stop before the end.
   * @throws when a product is not finite, naming operator and step, or an operator is not symmetric or not repeatable.
   */
  async perform(unit: WorkUnit, store: ProbeStore, hooks: LanczosJobHooks): Promise<UnitOutcome | null> {
    if (unit.kind === 'check') return this.check(unit.operator);
    await this.keepOnly(unit.parts.map(({ operator }) => operator));
    const operators = await Promise.all(unit.parts.map(({ operator }) => this.operator(operator)));
    const members = operators.length === 1 ? operators : new Sweep(this.curvature.primal, operators);
    const results =
      members instanceof Sweep
        ? await this.sweep(members, unit.parts, store, hooks)
        : [await this.part(operators[0] as CurvatureOperator, unit.parts[0] as UnitPart, store, hooks)];
    const done = results.filter((result) => result !== null);
    return done.length < results.length ? null : { kind: 'measure', parts: done };
  }

  /** Frees everything. */
  async release(): Promise<void> {
    await this.keepOnly([]);
    await this.curvature.release();
  }

  private async check(name: string): Promise<UnitOutcome> {
    await this.keepOnly([name]);
    const operator = await this.operator(name);
    const loss = await this.curvature.loss();
    const check = await checkOperator(operator, this.request.seed, operator.columnsPerRun);
    return { kind: 'check', loss, check };
  }

  private sweep(
    sweep: Sweep,
    parts: readonly UnitPart[],
    store: ProbeStore,
    hooks: LanczosJobHooks,
  ): Promise<(PartResult | null)[]> {
    return Promise.all(
      sweep.members.map((member, index) =>
        this.part(member, parts[index] as UnitPart, store, hooks).finally(() => sweep.leave(member)),
      ),
    );
  }

  private async part(
    operator: BlockOperator,
    { method, steps, firstProbe, probeCount }: UnitPart,
    store: ProbeStore,
    hooks: LanczosJobHooks,
  ): Promise<PartResult | null> {
    if (method === 'exact') {
      const eigenvalues = await denseEigenvalues(operator, store, hooks);
      return eigenvalues && { method, eigenvalues };
    }
    const range = { first: firstProbe, count: probeCount };
    const states = await runProbes(
      operator,
      { steps, lockstep: probeCount },
      range,
      this.request,
      store,
      hooks,
    );
    return (
      states && {
        method,
        // A probe that has ended says why; `runProbes` ends with none that has not.
        probes: states.map(({ alphas, betas, finished }) => ({
          alphas,
          betas,
          finished: finished ?? 'steps',
        })),
      }
    );
  }

  private async operator(name: string): Promise<CurvatureOperator> {
    const known = this.operators.get(name);
    if (known) return known;
    const parameter = this.subject.model.parameters.find((candidate) => candidate.name === name);
    const operator = parameter ? this.curvature.block(parameter) : this.curvature.whole();
    await operator.setColumnsPerRun(columnsPerRun(operator, this.request));
    this.operators.set(name, operator);
    return operator;
  }

  private async keepOnly(names: readonly string[]): Promise<void> {
    for (const [name, operator] of this.operators) {
      if (names.includes(name)) continue;
      await operator.release();
      this.operators.delete(name);
    }
  }
}
