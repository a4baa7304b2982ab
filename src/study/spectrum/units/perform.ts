/** Units of one measurement performed by one process, which keeps open what they share. */
import type { ResidualChoice } from '../../../curvature/model-curvature.ts';
import type { BlockOperator, CurvatureOperator } from '../../../curvature/operator.ts';
import { checkOperator } from '../../../curvature/self-check.ts';
import { roundsOf, Sweep } from '../../../curvature/sweep.ts';
import type { Engine } from '../../../tensor/engine/engine.ts';
import { denseEigenvalues } from '../exact-job.ts';
import { type LanczosJobHooks, runProbes } from '../lanczos-job.ts';
import type { SpectrumRequest } from '../request.ts';
import type { ProbeStore } from '../store.ts';
import type { Subject } from '../subject.ts';
import { OpenCurvature } from './open-curvature.ts';
import type { MeasurementOutcome, MeasurementUnit, PartResult, UnitPart } from './unit.ts';

/** A measurement opened for its units: the primal part and its residuals serve all of them. */
export class UnitBench {
  private readonly open: OpenCurvature;
  private readonly request: SpectrumRequest;

  private constructor(open: OpenCurvature, request: SpectrumRequest) {
    this.open = open;
    this.request = request;
  }

  static async open(
    subject: Subject,
    request: SpectrumRequest,
    residuals: ResidualChoice,
    engine: Engine,
  ): Promise<UnitBench> {
    return new UnitBench(await OpenCurvature.open(subject, request, residuals, engine), request);
  }

  /**
   * Performs a unit.
   *
   * @param store keeps what has been done of it, and may hold what an earlier try has left.
   * @returns null when it was told to stop before the end.
   * @throws when a product is not finite, naming operator and step, or an operator is not symmetric or not repeatable.
   */
  async perform(
    unit: MeasurementUnit,
    store: ProbeStore,
    hooks: LanczosJobHooks,
  ): Promise<MeasurementOutcome | null> {
    if (unit.kind === 'check') return this.check(unit.operator);
    const operators = await this.open.operators(unit.parts.map(({ operator }) => operator));
    const members =
      operators.length === 1
        ? operators
        : new Sweep(operators, roundsOf(this.open.curvature.primal, operators));
    const results =
      members instanceof Sweep
        ? await this.sweep(members, unit.parts, store, hooks)
        : [await this.part(operators[0] as CurvatureOperator, unit.parts[0] as UnitPart, store, hooks)];
    const done = results.filter((result) => result !== null);
    return done.length < results.length ? null : { kind: 'measure', parts: done };
  }

  /** Frees everything. */
  async release(): Promise<void> {
    await this.open.release();
  }

  private async check(name: string): Promise<MeasurementOutcome> {
    const operator = await this.open.onlyOperator(name);
    const loss = await this.open.curvature.loss();
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
}
