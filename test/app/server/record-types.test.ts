/** What the page reads of records is what the commands write: checked by the compiler, at `npm run typecheck`. */
import { expectTypeOf, test } from 'vitest';
import type { AdviceRecord as WrittenAdvice } from '../../../src/app/experiments/advice.ts';
import type { Comparison } from '../../../src/app/experiments/comparison.ts';
import type { ExactRecord } from '../../../src/app/experiments/exact-matrix.ts';
import type { FigureRecord } from '../../../src/app/experiments/figure.ts';
import type { ReproductionRecord } from '../../../src/app/reproduce/run.ts';
import type {
  AdviceRecord,
  ClaimRecord,
  ComparisonRecord,
  CouplingRecord,
  ExactMatrixRecord,
  FigureStudyRecord,
  QuadraticRecord,
  ReproducedRecord,
  SpectrumStageRecord,
} from '../../../src/app/server/contract/records.ts';
import type { QuadraticContest } from '../../../src/quadratic/contest.ts';
import type { Claim } from '../../../src/study/claims.ts';
import type { Coupling } from '../../../src/study/exact/coupling.ts';
import type { Stage } from '../../../src/study/spectrum/stages.ts';

test('the types of the contract fit what commands write', () => {
  expectTypeOf<Comparison>().toExtend<ComparisonRecord>();
  expectTypeOf<ExactRecord>().toExtend<ExactMatrixRecord>();
  expectTypeOf<Coupling>().toExtend<CouplingRecord>();
  expectTypeOf<FigureRecord>().toExtend<FigureStudyRecord>();
  expectTypeOf<ReproductionRecord>().toExtend<ReproducedRecord>();
  expectTypeOf<WrittenAdvice>().toExtend<AdviceRecord>();
  expectTypeOf<QuadraticContest>().toExtend<QuadraticRecord['contests'][number]>();
  expectTypeOf<Stage>().toExtend<SpectrumStageRecord>();
  expectTypeOf<Claim>().toExtend<ClaimRecord>();
});
