/** The frame of a page that needs nothing but itself. */
import { escapeMarkup } from './markup.ts';
import { pageCss } from './page-style.ts';

/**
 * A whole HTML document.
 *
 * @param title plain text.
 * @param body markup: header, main, footer.
 * @param rules a style sheet besides that of all pages.
 */
export function pageFrame(title: string, body: string, rules = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="hesscope">
<title>${escapeMarkup(title)}</title>
<style>${pageCss()}${rules}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
