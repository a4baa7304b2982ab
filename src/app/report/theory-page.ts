/** The paper's statements and what numbers say of them, on one page. */
import type { CheckResult, TheoryCheck } from '../../study/theory/check.ts';
import { quadratureRulesChart } from './charts/quadrature-rules.ts';
import { CLAIMS_RULES, claimsHtml, overallVerdict, verdictCounts, verdictTag } from './claims-html.ts';
import type { Figure } from './figures.ts';
import { escapeMarkup } from './markup.ts';
import { pageFrame } from './page-frame.ts';
import { inlineSvg, standaloneSvg } from './svg.ts';
import { FILE_PALETTE, PAGE_PALETTE } from './theme.ts';

/** A statement and what was found. */
export interface CheckedStatement extends CheckResult, Pick<TheoryCheck, 'name' | 'title' | 'remark'> {}

/** Every check with its verdicts, and the pictures of those that have one. */
export function theoryPage(statements: readonly CheckedStatement[], isQuick: boolean): string {
  const claims = statements.flatMap((statement) => statement.claims);
  const body = `<header><h1>The theory, tried with numbers</h1>
<p class="lead">The propositions and theorems of “Why Transformers Need Adam: A Hessian Perspective”, as they are printed and, where they cannot hold so, corrected.${isQuick ? ' Quick version: fewer trials.' : ''}</p></header>
<main>
<section class="card"><h2>${verdictCounts(claims)}</h2><nav><ul>${statements.map(({ name, title }) => `<li><a href="#${name}">${escapeMarkup(title)}</a></li>`).join('')}</ul></nav></section>
${statements.map(sectionOf).join('\n')}
</main>
<footer>Made by hesscope. The paper: Zhang et al., 2024.</footer>`;
  return pageFrame('The theory, tried with numbers', body, CLAIMS_RULES);
}

function sectionOf({ name, title, remark, claims, picture }: CheckedStatement): string {
  return `<section class="card" id="${name}"><div class="head"><h2>${escapeMarkup(title)}</h2>${verdictTag(overallVerdict(claims))}</div>
<p>${escapeMarkup(remark)}</p>
${claimsHtml(claims)}${picture ? drawn(picture) : ''}</section>`;
}

function drawn(picture: NonNullable<CheckResult['picture']>): string {
  const chart = quadratureRulesChart(picture, PAGE_PALETTE);
  return `<figure><figcaption><strong>${escapeMarkup(chart.title)}</strong>${escapeMarkup(chart.caption)}</figcaption><div class="scroll">${inlineSvg(chart)}</div></figure>`;
}

/** The pictures of some checks, as files. */
export function theoryFigures(statements: readonly CheckedStatement[]): Figure[] {
  return statements.flatMap(({ picture }) => {
    if (!picture) return [];
    const chart = quadratureRulesChart(picture, FILE_PALETTE);
    return [{ name: chart.name, svg: standaloneSvg(chart, FILE_PALETTE) }];
  });
}
