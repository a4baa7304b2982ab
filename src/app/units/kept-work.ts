/** What units have given, kept in the run directory as they come in. */

import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import type { ProbeIdentity } from '../../study/spectrum/store.ts';
import type { DoneWork, WantedOperator } from '../../study/spectrum/units/merge.ts';
import type { PartResult, ProbeResult, UnitPart, WorkUnit } from '../../study/spectrum/units/unit.ts';
import { describeUnit } from '../../study/spectrum/units/unit.ts';
import type { RunDirectory } from '../runs/directory.ts';
import { loadExact, writeExactFile } from '../runs/exact-file.ts';
import { loadLanczos, writeLanczosFile } from '../runs/lanczos-file.ts';
import type { UnitOrder, UnitReport } from './order.ts';
import { UnitList } from './unit-list.ts';

/**
 * The work of a run that is done. Files are those of a run of one process, so that either goes on with what the other has
 * left.
 */
export class KeptWork implements DoneWork {
  private readonly directory: RunDirectory;
  private readonly request: SpectrumRequest;
  private readonly probes = new Map<string, ProbeResult>();
  private readonly exact = new Map<string, readonly number[]>();
  private readonly list: UnitList;
  private takenRuntimeMs = 0;

  private constructor(directory: RunDirectory, request: SpectrumRequest, list: UnitList) {
    this.directory = directory;
    this.request = request;
    this.list = list;
  }

  /** Reads what earlier parts of the run have left. @param onNotice as `UnitList.open` has it. */
  static async open(
    directory: RunDirectory,
    operators: readonly WantedOperator[],
    request: SpectrumRequest,
    onNotice: (text: string) => void,
  ): Promise<KeptWork> {
    const kept = new KeptWork(directory, request, await UnitList.open(directory, onNotice));
    for (const operator of operators) await kept.load(operator);
    return kept;
  }

  /** Hessian products behind all that is kept. */
  get products(): number {
    const steps = [...this.probes.values()].reduce((sum, { alphas }) => sum + alphas.length, 0);
    return [...this.exact.values()].reduce((sum, { length }) => sum + length, steps);
  }

  /** Time inside the runtime behind what has been taken, of all workers together. */
  get runtimeMs(): number {
    return this.takenRuntimeMs;
  }

  /** The processors that units were performed on; the first is the run's own where there is one only. */
  get processors(): string[] {
    return this.list.processors;
  }

  probe({ name }: WantedOperator, probe: number): ProbeResult | null {
    return this.probes.get(probeKey(name, probe)) ?? null;
  }

  eigenvalues({ name }: WantedOperator): readonly number[] | null {
    return this.exact.get(name) ?? null;
  }

  /** Whether nothing of a unit is left to do. */
  holds(unit: WorkUnit): boolean {
    if (unit.kind === 'check')
      return this.directory.run.loss !== null && this.directory.run.selfCheck !== null;
    if (unit.kind !== 'measure') return false;
    return unit.parts.every((part) =>
      part.method === 'exact'
        ? this.exact.has(part.operator)
        : probesOf(part).every((probe) => this.probes.has(probeKey(part.operator, probe))),
    );
  }

  /** Keeps what a unit has given. @throws UserError when the disk does not take it. */
  async take({ unit }: UnitOrder, report: UnitReport): Promise<void> {
    const { outcome } = report;
    if (outcome.kind === 'check') {
      const { symmetryError, repeatable } = outcome.check;
      await this.directory.updateRun({ loss: outcome.loss, selfCheck: { symmetryError, repeatable } });
    } else if (unit.kind === 'measure' && outcome.kind === 'measure') {
      for (const [index, part] of unit.parts.entries())
        await this.takePart(part, outcome.parts[index] as PartResult);
    }
    this.takenRuntimeMs += report.runtimeMs;
    this.list.add({
      key: report.key,
      unit: describeUnit(unit),
      machine: report.machine,
      elapsedMs: report.elapsedMs,
      runtimeMs: report.runtimeMs,
    });
    await this.list.writeNowAndThen();
  }

  /** Writes the list of units. @param isFinished whether no unit is going to follow in this process. */
  async writeList(isFinished: boolean): Promise<void> {
    await this.list.write(isFinished);
  }

  private async takePart(part: UnitPart, result: PartResult): Promise<void> {
    const { operator, dim } = part;
    if (result.method === 'exact') {
      const { precision } = this.request;
      await writeExactFile(this.directory, { block: operator, dim, precision }, result.eigenvalues);
      this.exact.set(operator, result.eigenvalues);
      return;
    }
    for (const [index, probe] of result.probes.entries()) {
      const number = part.firstProbe + index;
      const identity = this.identity(operator, dim, number);
      const { alphas, betas, finished } = probe;
      // In the order in which a run of one process writes them, for the same bytes.
      await writeLanczosFile(this.directory, { ...identity, steps: part.steps, alphas, betas, finished });
      this.probes.set(probeKey(operator, number), probe);
    }
  }

  private async load({ name, dim, method, steps }: WantedOperator): Promise<void> {
    const { path } = this.directory;
    if (method === 'exact') {
      const { precision } = this.request;
      const eigenvalues = await loadExact(path, { block: name, dim, precision });
      if (eigenvalues) this.exact.set(name, eigenvalues);
      return;
    }
    for (let probe = 0; probe < this.request.probes; probe++) {
      const { alphas, betas, finished } = await loadLanczos(path, this.identity(name, dim, probe), steps);
      if (finished)
        this.probes.set(probeKey(name, probe), { alphas: [...alphas], betas: [...betas], finished });
    }
  }

  private identity(block: string, dim: number, probe: number): ProbeIdentity {
    const { seed, probeKind, precision, reorthogonalize } = this.request;
    return { block, probe, dim, seed, probeKind, precision, reorthogonalize };
  }
}

function probesOf({ firstProbe, probeCount }: UnitPart): number[] {
  return Array.from({ length: probeCount }, (_, index) => firstProbe + index);
}

function probeKey(operator: string, probe: number): string {
  return `${probe} ${operator}`;
}
