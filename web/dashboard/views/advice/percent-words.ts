/** A share of what AdamW gains, in percent; beyond all numbers where SGD has learnt nothing. */
export function percentWords(share: number): string {
  return Number.isFinite(share) ? `${Math.round(100 * share)} %` : 'all';
}
