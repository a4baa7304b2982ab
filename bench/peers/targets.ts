/** What the project wants, and whether a run found it. */
import { HVP, HVP_KEPT, HVP_SCRATCH, STEP, STEP_PAPER, TRAIN_ADAMW, TRAIN_SGD } from './contests.ts';
import { agrees, type CaseRecord, type ContestRecord, shareOfLimit, type TargetRecord } from './results.ts';

/** The case that the targets are about. */
export const TARGET_CASE = 'gpt-nano';

/** Judges a run; values that it did not measure stay null. */
export function targetsOf(cases: readonly CaseRecord[]): TargetRecord[] {
  const record = cases.find(({ name }) => name === TARGET_CASE);
  const hvp = record?.contests.find(({ name }) => name === HVP);
  const step = record?.contests.find(({ name }) => name === STEP);
  const share = record && step ? shareOfLimit(record, step, step.ours.time.medianMs) : null;
  const blocks = record?.blocks.length ?? 38;
  return [
    atMost(0.6, 'whole Hessian: product / PyTorch double backward from scratch', ratioTo(hvp, HVP_SCRATCH)),
    atMost(0.6, 'whole Hessian: product / PyTorch double backward from a kept graph', ratioTo(hvp, HVP_KEPT)),
    atMost(0.15, `step over ${blocks} blocks / the paper’s procedure`, ratioTo(step, STEP_PAPER)),
    atMost(
      0.35,
      `step over ${blocks} blocks / the best restricted variant`,
      bestRestricted(step)?.ratio ?? null,
    ),
    {
      title: `share of the machine’s rate of matrix products in the step over ${blocks} blocks`,
      bound: 'at least',
      limit: 0.6,
      value: share,
      met: share === null ? null : share >= 0.6,
    },
    ...[TARGET_CASE, 'mlp-128'].flatMap((name) =>
      [TRAIN_SGD, TRAIN_ADAMW].map((method) => {
        const found = cases.find((one) => one.name === name);
        const contest = found?.contests.find((one) => one.name === method);
        return atMost(1, `${contest?.title ?? method}, ${name} / PyTorch eager`, ratioTo(contest, method));
      }),
    ),
  ];
}

/** The fastest of the other side's ways to a step that is not the paper's and whose values are right, by its ratio. */
export function bestRestricted(step: ContestRecord | undefined): ContestRecord['peers'][number] | null {
  const candidates = (step?.peers ?? []).filter(
    (peer) => peer.method !== STEP_PAPER && peer.ratio !== null && agrees(peer),
  );
  return candidates.sort((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0))[0] ?? null;
}

function ratioTo(contest: ContestRecord | undefined, method: string): number | null {
  return contest?.peers.find((peer) => peer.method === method)?.ratio ?? null;
}

function atMost(limit: number, title: string, value: number | null): TargetRecord {
  return { title, bound: 'at most', limit, value, met: value === null ? null : value <= limit };
}
