/** All that has been reproduced, on one page. */
import {
  CLAIMS_RULES,
  claimsHtml,
  escapeMarkup,
  formatDuration,
  overallVerdict,
  pageFrame,
  verdictCounts,
  verdictTag,
} from '../report/index.ts';
import type { ReproductionRecord } from './run.ts';

const RULES = `
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:18px;margin:16px 0}
.pictures img{width:100%;height:auto;background:#fff;border:1px solid var(--card-edge);border-radius:8px}
.overview-table td,.overview-table th{vertical-align:top;text-align:left;padding:7px 14px 7px 0}
.overview-table td:first-child{white-space:normal;overflow-wrap:anywhere}
`;

/** @param records in the paper's order. */
export function reproductionPage(records: readonly ReproductionRecord[], size: string): string {
  const rows = records.map((record) => {
    const { name, title, claims, elapsedMs } = record;
    return `<tr><td><a href="#${name}">${escapeMarkup(title)}</a></td><td>${verdictTag(overallVerdict(claims))}</td><td>${claims.length}</td><td>${formatDuration(elapsedMs)}</td></tr>`;
  });
  const body = `<header><h1>“Why Transformers Need Adam: A Hessian Perspective”, reproduced</h1>
<p class="lead">Every figure and table by one command, each claim held against a rule that was fixed beforehand. ${SIZES[size] ?? ''}</p></header>
<main>
<section class="card"><h2>${verdictCounts(records.flatMap(({ claims }) => claims))}</h2>
<div class="scroll"><table class="overview-table"><thead><tr><th>figure or table</th><th>verdict</th><th>claims</th><th>time</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>
${records.map(sectionOf).join('\n')}
</main>
<footer>Made by hesscope. The paper: Zhang et al., 2024.</footer>`;
  return pageFrame('Why Transformers Need Adam, reproduced', body, CLAIMS_RULES + RULES);
}

const SIZES: Readonly<Record<string, string>> = {
  quick: 'Quick versions: they show that everything works, and are weak evidence.',
  small: 'Small models on data that come with hesscope.',
  paper: 'The paper’s own models.',
};

function sectionOf(record: ReproductionRecord): string {
  const { name, title, paper, found, differs, notes, claims, pictures, commands } = record;
  const images = pictures.map(
    ({ file, caption }) =>
      `<figure><a href="${name}/${encodeURIComponent(file)}.svg"><img loading="lazy" src="${name}/${encodeURIComponent(file)}.svg" alt="${escapeMarkup(`${title}: ${caption}`)}"></a><figcaption>${escapeMarkup(caption)}</figcaption></figure>`,
  );
  return `<section class="card" id="${name}"><div class="head"><h2>${escapeMarkup(title)}</h2>${verdictTag(overallVerdict(claims))}</div>
<p><strong>The paper:</strong> ${escapeMarkup(paper)}</p>
<p><strong>Here:</strong> ${escapeMarkup(found)}</p>
<p><strong>What differs:</strong> ${escapeMarkup(differs)}</p>
<div class="pictures">${images.join('')}</div>
${claimsHtml(claims)}
<details><summary>Commands${notes.length > 0 ? ' and settings' : ''}</summary>${notes.map((note) => `<p>${escapeMarkup(note)}</p>`).join('')}<pre>${commands.map(escapeMarkup).join('\n')}</pre></details></section>`;
}
