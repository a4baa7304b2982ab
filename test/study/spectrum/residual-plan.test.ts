import { expect, it } from 'vitest';
import type { MachineRates } from '../../../src/curvature/cost.ts';
import { openSubject } from '../../../src/study/spectrum/prepare.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';
import { describeResidualPlans, residualPlans } from '../../../src/study/spectrum/residual-plan.ts';
import { curvatureOf } from '../../../src/study/spectrum/subject.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';

const request = parseSpectrumRequest({ model: 'gpt-pico', batch: 2 });
const subject = await openSubject(request);
const curvature = curvatureOf(subject, request, onnxRuntimeEngine({ threads: 1 }));
const rates: MachineRates = {
  flopsPerMs: 1e8,
  bytesPerMs: 1e7,
  msPerOperation: 1e-3,
  msPerRun: 1e-2,
  msPerKeptByte: 0,
  msPerVectorElement: 0,
};
const plansWith = (changed: Partial<MachineRates>) =>
  residualPlans(
    curvature,
    { selected: subject.selected, request, microBatchCount: 1 },
    { ...rates, ...changed },
    2 ** 40,
  );

it('keeps all residuals where feeding them costs nothing and memory is ample', () => {
  expect(plansWith({})[0]).toMatchObject({ detail: 'all', isKept: true });
});

it('weighs nothing of the kind on the processor, whatever the noise of what was measured', () => {
  const details = plansWith({ msPerKeptByte: 1e-9 }).map(({ detail }) => detail);
  expect(details).not.toContain('none');
});

it('computes everything within each product where every residual would travel to a device', () => {
  // A fast device behind a slow way: a byte fed costs as much as ten thousand read there.
  const plans = plansWith({ bytesPerMs: 1e9, flopsPerMs: 1e10, msPerOperation: 0, msPerKeptByte: 1e-5 });
  expect(plans[0]).toMatchObject({ detail: 'none' });
  expect(describeResidualPlans(plans, 2 ** 40)[0]).toContain('all are made again within each product');
});
