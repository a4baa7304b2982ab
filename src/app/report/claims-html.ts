/** Claims and verdicts on pages. */
import type { Claim, Verdict } from '../../study/claims.ts';
import { escapeMarkup } from './markup.ts';

/** The style sheet of what stands here, besides that of all pages. */
export const CLAIMS_RULES = `
.verdict-tag{font-size:.8rem;font-weight:600;border-radius:99px;padding:2px 11px;border:1.5px solid currentColor;white-space:nowrap}
.agrees{color:#1d7a46}.partly{color:#9a6200}.does-not{color:#b3261e}
@media (prefers-color-scheme:dark){.agrees{color:#6fd39a}.partly{color:#f0bf5e}.does-not{color:#ff9087}}
.head{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:baseline}
.claims td{vertical-align:top;text-align:left;padding:7px 14px 7px 0;white-space:normal;overflow-wrap:anywhere}
.claims td:first-child{white-space:nowrap}
.claims p{margin:0;font-size:.9rem;color:var(--muted)}
`;

/** What stands for several claims together: all agree, none does, or something between; null for no claim. */
export function overallVerdict(claims: readonly Pick<Claim, 'verdict'>[]): Verdict | null {
  if (claims.length === 0) return null;
  if (claims.every(({ verdict }) => verdict === 'agrees')) return 'agrees';
  return claims.every(({ verdict }) => verdict === 'does not') ? 'does not' : 'partly';
}

/** Empty for none. */
export function verdictTag(verdict: Verdict | null): string {
  return verdict === null ? '' : `<span class="verdict-tag ${verdict.replace(' ', '-')}">${verdict}</span>`;
}

/** A row for each claim: verdict, text, what was found, and the rule. */
export function claimsHtml(claims: readonly Claim[]): string {
  const rows = claims.map(
    ({ text, threshold, found, verdict }) =>
      `<tr><td>${verdictTag(verdict)}</td><td>${escapeMarkup(text)}<p>found: ${escapeMarkup(found)}</p><p>rule: ${escapeMarkup(threshold)}</p></td></tr>`,
  );
  return `<div class="scroll"><table class="claims"><tbody>${rows.join('')}</tbody></table></div>`;
}

/** How many claims have each verdict, in a phrase. */
export function verdictCounts(claims: readonly Pick<Claim, 'verdict'>[]): string {
  const count = (wanted: Verdict) => claims.filter(({ verdict }) => verdict === wanted).length;
  return `${count('agrees')} claims agree, ${count('partly')} partly, ${count('does not')} do not`;
}
