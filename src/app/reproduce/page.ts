/** All that has been reproduced, on one page. */
import type { Verdict } from '../../study/claims.ts';
import { escapeMarkup, formatDuration, pageFrame } from '../report/index.ts';
import type { ReproductionRecord } from './run.ts';

/** What stands for a figure as a whole: all claims agree, none does, or something between. */
export function overallVerdict({ claims }: Pick<ReproductionRecord, 'claims'>): Verdict | null {
  if (claims.length === 0) return null;
  if (claims.every(({ verdict }) => verdict === 'agrees')) return 'agrees';
  return claims.every(({ verdict }) => verdict === 'does not') ? 'does not' : 'partly';
}

const RULES = `
.verdict-tag{font-size:.8rem;font-weight:600;border-radius:99px;padding:2px 11px;border:1.5px solid currentColor;white-space:nowrap}
.agrees{color:#1d7a46}.partly{color:#9a6200}.does-not{color:#b3261e}
@media (prefers-color-scheme:dark){.agrees{color:#6fd39a}.partly{color:#f0bf5e}.does-not{color:#ff9087}}
.head{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:baseline}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:18px;margin:16px 0}
.pictures img{width:100%;height:auto;background:#fff;border:1px solid var(--card-edge);border-radius:8px}
.claims td,.overview-table td,.claims th,.overview-table th{vertical-align:top;text-align:left;padding:7px 14px 7px 0}
.claims td,.overview-table td:first-child{white-space:normal;overflow-wrap:anywhere}
.claims td:first-child{white-space:nowrap}
.claims p{margin:0;font-size:.9rem;color:var(--muted)}
`;

/** @param records in the paper's order. */
export function reproductionPage(records: readonly ReproductionRecord[], size: string): string {
  const count = (verdict: Verdict) =>
    records.flatMap(({ claims }) => claims).filter((claim) => claim.verdict === verdict).length;
  const rows = records.map((record) => {
    const { name, title, claims, elapsedMs } = record;
    return `<tr><td><a href="#${name}">${escapeMarkup(title)}</a></td><td>${tag(overallVerdict(record))}</td><td>${claims.length}</td><td>${formatDuration(elapsedMs)}</td></tr>`;
  });
  const body = `<header><h1>“Why Transformers Need Adam: A Hessian Perspective”, reproduced</h1>
<p class="lead">Every figure and table by one command, each claim held against a rule that was fixed beforehand. ${SIZES[size] ?? ''}</p></header>
<main>
<section class="card"><h2>${count('agrees')} claims agree, ${count('partly')} partly, ${count('does not')} do not</h2>
<div class="scroll"><table class="overview-table"><thead><tr><th>figure or table</th><th>verdict</th><th>claims</th><th>time</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>
${records.map(sectionOf).join('\n')}
</main>
<footer>Made by hesscope. The paper: Zhang et al., 2024.</footer>`;
  return pageFrame('Why Transformers Need Adam, reproduced', body, RULES);
}

const SIZES: Readonly<Record<string, string>> = {
  quick: 'Quick versions: they show that everything works, and are weak evidence.',
  small: 'Small models on data that come with hesscope.',
  paper: 'The paper’s own models.',
};

function tag(verdict: Verdict | null): string {
  return verdict === null ? '' : `<span class="verdict-tag ${verdict.replace(' ', '-')}">${verdict}</span>`;
}

function sectionOf(record: ReproductionRecord): string {
  const { name, title, paper, found, differs, notes, claims, pictures, commands } = record;
  const images = pictures.map(
    ({ file, caption }) =>
      `<figure><a href="${name}/${encodeURIComponent(file)}.svg"><img loading="lazy" src="${name}/${encodeURIComponent(file)}.svg" alt="${escapeMarkup(`${title}: ${caption}`)}"></a><figcaption>${escapeMarkup(caption)}</figcaption></figure>`,
  );
  const rows = claims.map(
    ({ text, threshold, found: measured, verdict }) =>
      `<tr><td>${tag(verdict)}</td><td>${escapeMarkup(text)}<p>found: ${escapeMarkup(measured)}</p><p>rule: ${escapeMarkup(threshold)}</p></td></tr>`,
  );
  return `<section class="card" id="${name}"><div class="head"><h2>${escapeMarkup(title)}</h2>${tag(overallVerdict(record))}</div>
<p><strong>The paper:</strong> ${escapeMarkup(paper)}</p>
<p><strong>Here:</strong> ${escapeMarkup(found)}</p>
<p><strong>What differs:</strong> ${escapeMarkup(differs)}</p>
<div class="pictures">${images.join('')}</div>
<div class="scroll"><table class="claims"><tbody>${rows.join('')}</tbody></table></div>
<details><summary>Commands${notes.length > 0 ? ' and settings' : ''}</summary>${notes.map((note) => `<p>${escapeMarkup(note)}</p>`).join('')}<pre>${commands.map(escapeMarkup).join('\n')}</pre></details></section>`;
}
