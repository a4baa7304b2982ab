/** A measurement as units of work. */
import { measureRates } from '../../../curvature/calibration.ts';
import { graphCost, type MachineRates, predictMs } from '../../../curvature/cost.ts';
import type { ModelCurvature, ResidualChoice } from '../../../curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../../curvature/operator.ts';
import type { ProbeRange } from '../lanczos-job.ts';
import type { Machine } from '../measure.ts';
import { columnsPerRun, memoryNeeded, VectorMemory, workOf } from '../plan.ts';
import type { SpectrumRequest } from '../request.ts';
import { describeResidualPlans, type ResidualPlan, residualPlans } from '../residual-plan.ts';
import { curvatureOf, type Subject } from '../subject.ts';
import { describeUnit, type MeasurementUnit, type UnitPart } from './unit.ts';

/** A unit with what it is predicted to take. */
export interface PlannedUnit {
  readonly unit: MeasurementUnit;
  /** Time of one process of the machine that planned, at the rates that it measured. */
  readonly estimatedMs: number;
}

/** All units of a measurement. */
export interface UnitPlan {
  /** In the order in which they are best begun: the check, then as `inOrder` says. */
  readonly units: readonly PlannedUnit[];
  /** How every worker holds residuals. */
  readonly residuals: ResidualChoice;
  /** What each worker does once before its first unit: the primal part. */
  readonly preparationMs: number;
  /** Memory of each worker. */
  readonly estimatedBytes: number;
  /** Sentences for people. */
  readonly text: readonly string[];
}

/** A machine such as there is none: units are cut by its times, so that the same request has the same units everywhere. */
const NOMINAL_RATES: MachineRates = {
  flopsPerMs: 2e7,
  bytesPerMs: 5e6,
  msPerOperation: 0.005,
  msPerRun: 0.05,
  msPerKeptByte: 0,
  msPerVectorElement: 5e-6,
};

/**
 * How long a unit takes on the nominal machine, at least, where an operator has probes for it. Shorter ones would compile
 * graphs more often than they pay for; longer ones leave workers idle at the end and cost more when a worker is killed.
 */
const UNIT_MS = 60_000;
/** Where residuals are made again for each step, operators share them, and sharing pays more than short units do. */
const SHARED_UNIT_MS = 10 * UNIT_MS;
/** Units that make up this share of the time are begun first, for the sake of early pictures. */
const CHEAP_SHARE = 0.25;
/** Products of a check: two of single vectors, and two of as many as pass a run together. */
const CHECK_PRODUCTS = 4;

/** What is known of an operator when it is cut. */
interface OperatorWork extends Omit<UnitPart, 'firstProbe' | 'probeCount'> {
  /** Probes of one run; units hold whole runs, since the bits of a product may depend on its company. */
  readonly columns: number;
  /** How many of its probes fit in memory together. */
  readonly lockstep: number;
  readonly nominalMsPerProduct: number;
  readonly msPerProduct: number;
}

/** What making the residuals of all micro-batches takes. */
interface PrimalWork {
  readonly ms: number;
  readonly nominalMs: number;
}

/**
 * Cuts a measurement into units. Graphs are made and counted; nothing is run but the measurement of the machine's rates.
 *
 * @throws UserError as `openSubject` does.
 */
export async function planUnits(
  subject: Subject,
  request: SpectrumRequest,
  { engine, spareBytes }: Machine,
): Promise<UnitPlan> {
  const memoryBudgetBytes = request.memoryMiB === undefined ? spareBytes : request.memoryMiB * 2 ** 20;
  const { microBatchCount } = subject.data;
  const curvature = curvatureOf(subject, request, engine);
  const rates = await measureRates(engine, request.precision);
  const workload = { selected: subject.selected, request, microBatchCount };
  const plans = residualPlans(curvature, workload, rates, memoryBudgetBytes);
  const chosen = plans[0] as ResidualPlan;
  curvature.chooseResiduals(chosen);
  const blocks = subject.selected.map((parameter) => curvature.block(parameter));
  const operators = request.full ? [...blocks, curvature.whole()] : blocks;
  const cut = cutIntoUnits({
    curvature,
    operators,
    request,
    rates,
    residuals: chosen,
    memoryBudgetBytes,
    microBatches: microBatchCount,
  });
  return {
    ...cut,
    residuals: { detail: chosen.detail, isKept: chosen.isKept },
    text: [
      ...describeResidualPlans(plans, memoryBudgetBytes),
      `${cut.units.length - 1} units of work over ${operators.length} operators; about ${Math.ceil(cut.estimatedBytes / 2 ** 20)} MiB for each worker.`,
    ],
  };
}

/** What units are cut from. */
export interface CuttingFacts {
  readonly curvature: ModelCurvature;
  /** All that are measured, made for the chosen residuals. */
  readonly operators: readonly CurvatureOperator[];
  readonly request: SpectrumRequest;
  /** Of the machine whose times are told; units themselves do not depend on it. */
  readonly rates: MachineRates;
  readonly residuals: Pick<ResidualPlan, 'detail' | 'isKept' | 'bytes'>;
  readonly memoryBudgetBytes: number;
  readonly microBatches: number;
}

/** Cuts the work of operators into units, by counting their graphs. */
export function cutIntoUnits({
  curvature,
  operators,
  request,
  rates,
  residuals,
  memoryBudgetBytes,
  microBatches,
}: CuttingFacts): Pick<UnitPlan, 'units' | 'preparationMs' | 'estimatedBytes'> {
  const vectors = new VectorMemory(request, memoryBudgetBytes, residuals.bytes);
  const works = operators.map((operator) => operatorWork(operator, request, rates, microBatches, vectors));
  const primalCost = graphCost(curvature.residualCost(residuals.detail).primalGraph);
  const primal: PrimalWork = {
    ms: predictMs(primalCost, rates) * microBatches,
    nominalMs: predictMs(primalCost, NOMINAL_RATES) * microBatches,
  };
  const measured = residuals.isKept
    ? works.flatMap((work) => probeUnits(work, request))
    : sharedUnits(works, request, vectors, primal);
  const [first] = works as [OperatorWork];
  const check = { kind: 'check', operator: first.operator } as const;
  return {
    units: [{ unit: check, estimatedMs: CHECK_PRODUCTS * first.msPerProduct }, ...inOrder(measured)],
    preparationMs: primal.ms,
    estimatedBytes: memoryNeeded(
      { curvature, request, residuals, vectors },
      measured.map(({ unit }) => partsUnderWay(unit, operators)),
    ),
  };
}

/**
 * Cheap units first, so that pictures come early, then the others, the dearest first: one that is begun last would be
 * waited for by all.
 */
export function inOrder(units: readonly PlannedUnit[]): PlannedUnit[] {
  const rising = [...units].sort((a, b) => a.estimatedMs - b.estimatedMs);
  const totalMs = rising.reduce((sum, { estimatedMs }) => sum + estimatedMs, 0);
  let soFarMs = 0;
  const cheap = rising.findIndex(({ estimatedMs }) => {
    soFarMs += estimatedMs;
    return soFarMs > CHEAP_SHARE * totalMs;
  });
  return [...rising.slice(0, cheap), ...rising.slice(cheap).reverse()];
}

/** The operators of a unit, with the probes that a worker holds of each. */
function partsUnderWay(unit: MeasurementUnit, operators: readonly CurvatureOperator[]) {
  const parts = unit.kind === 'measure' ? unit.parts : [];
  return parts.map(({ operator: name, probeCount }) => ({
    operator: operators.find((operator) => operator.name === name) as CurvatureOperator,
    lockstep: Math.max(1, probeCount),
  }));
}

/** The unit that is predicted to take longest, in words. */
export function describeLongest(units: readonly PlannedUnit[]): string {
  const longest = units.reduce((most, unit) => (unit.estimatedMs > most.estimatedMs ? unit : most));
  return describeUnit(longest.unit);
}

function operatorWork(
  operator: CurvatureOperator,
  request: SpectrumRequest,
  rates: MachineRates,
  microBatchCount: number,
  vectors: VectorMemory,
): OperatorWork {
  const { name, dim, linearization } = operator;
  const cost = graphCost(linearization.tangentGraph);
  const msAt = (machine: MachineRates) =>
    predictMs(cost, machine) * microBatchCount + machine.msPerVectorElement * dim;
  return {
    operator: name,
    dim,
    ...workOf(dim, request),
    columns: columnsPerRun(operator, request),
    lockstep: vectors.lockstep(dim),
    nominalMsPerProduct: msAt(NOMINAL_RATES),
    msPerProduct: msAt(rates),
  };
}

/** The units of one operator, each a range of its probes; one for an exact spectrum. */
function probeUnits(work: OperatorWork, { probes }: SpectrumRequest): PlannedUnit[] {
  if (work.method === 'exact') return [unitOf([exactPart(work)], work.productCount * work.msPerProduct)];
  const runMs = work.columns * work.steps * work.nominalMsPerProduct;
  const size = work.columns * Math.max(1, Math.ceil(UNIT_MS / runMs));
  return rangesOf(probes, size).map(({ first, count }) =>
    unitOf([probePart(work, first, count)], count * work.steps * work.msPerProduct),
  );
}

/** Units of several operators whose steps are served by residuals that are made again. */
function sharedUnits(
  works: readonly OperatorWork[],
  request: SpectrumRequest,
  vectors: VectorMemory,
  primal: PrimalWork,
): PlannedUnit[] {
  const units: PlannedUnit[] = [];
  let [parts, nominalMs, ms, bytes] = [[] as UnitPart[], 0, 0, 0];
  const close = () => {
    if (parts.length > 0) units.push(unitOf(parts, ms + primal.ms * roundsOf(parts)));
    [parts, nominalMs, ms, bytes] = [[], 0, 0, 0];
  };
  for (const work of works) {
    const ranges = work.method === 'exact' ? [null] : rangesOf(request.probes, work.lockstep);
    for (const range of ranges) {
      const part = range ? probePart(work, range.first, range.count) : exactPart(work);
      const needed = vectors.bytes(work.dim, Math.max(1, part.probeCount));
      if (bytes + needed > vectors.budgetBytes || nominalMs >= SHARED_UNIT_MS) close();
      parts.push(part);
      nominalMs +=
        part.productCount * work.nominalMsPerProduct +
        (parts.length === 1 ? part.steps * primal.nominalMs : 0);
      ms += part.productCount * work.msPerProduct;
      bytes += needed;
    }
  }
  close();
  return units;
}

/** How often the residuals are made: once a step, or once a column of the longest part. */
function roundsOf(parts: readonly UnitPart[]): number {
  return Math.max(...parts.map(({ method, steps, dim }) => (method === 'exact' ? dim : steps)));
}

function unitOf(parts: readonly UnitPart[], estimatedMs: number): PlannedUnit {
  return { unit: { kind: 'measure', parts }, estimatedMs };
}

function exactPart({ operator, dim, steps, productCount }: OperatorWork): UnitPart {
  return { operator, dim, method: 'exact', steps, firstProbe: 0, probeCount: 0, productCount };
}

function probePart({ operator, dim, steps }: OperatorWork, firstProbe: number, probeCount: number): UnitPart {
  return {
    operator,
    dim,
    method: 'lanczos',
    steps,
    firstProbe,
    probeCount,
    productCount: steps * probeCount,
  };
}

/** The numbers below `count` in ranges of `size`, the last one perhaps shorter. */
function rangesOf(count: number, size: number): ProbeRange[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
    first: index * size,
    count: Math.min(size, count - index * size),
  }));
}
