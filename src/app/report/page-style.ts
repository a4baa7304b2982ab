/** The style sheet of the report's page, light and dark, from a telephone to a wide screen. */
import { paletteCss } from './theme.ts';

const RULES = `
*{box-sizing:border-box}
:root{--page:#f4f6f9;--card-edge:#e3e7ee;--strong:#f0f3f8;--warn:#8a5a00;--warn-back:#fff6e0;--link:#2f5fb3}
@media (prefers-color-scheme:dark){:root{--page:#0d1015;--card-edge:#262d38;--strong:#1b212b;--warn:#f3c86b;--warn-back:#2b2413;--link:#8fb4ff}}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 Inter,'Segoe UI','Helvetica Neue',Arial,'DejaVu Sans',sans-serif}
main,header,footer{max-width:1180px;margin:0 auto;padding:0 20px}
header{padding-top:36px}
h1{font-size:clamp(1.5rem,1.1rem + 1.6vw,2.3rem);line-height:1.2;margin:0 0 8px;letter-spacing:-.01em}
h2{font-size:clamp(1.3rem,1.1rem + .8vw,1.7rem);line-height:1.25;margin:0 0 10px;overflow-wrap:anywhere}
h3{font-size:1.1rem;margin:0 0 4px}
p{margin:0 0 12px;max-width:75ch}
a{color:var(--link)}
.lead{color:var(--muted)}
.note{font-size:.88rem;margin-top:10px}
.card{background:var(--background);border:1px solid var(--card-edge);border-radius:12px;padding:22px;margin:18px 0}
nav ul{display:flex;flex-wrap:wrap;gap:6px 18px;list-style:none;margin:12px 0 0;padding:0}
.run{margin-top:52px}
.run-head{display:flex;flex-wrap:wrap;align-items:baseline;gap:6px 12px}
.run-name{color:var(--muted);font-size:.9rem;overflow-wrap:anywhere}
.status{font-size:.78rem;font-weight:600;border:1px solid currentColor;border-radius:99px;padding:1px 10px;color:var(--muted)}
.status-failed,.status-interrupted,.status-running{color:var(--warn)}
.notice{border-left:4px solid var(--warn);background:var(--warn-back);padding:12px 16px;border-radius:6px;margin:16px 0;overflow-wrap:anywhere}
.notice ul{margin:4px 0 0;padding-left:20px}
.verdict{font-size:1.16rem;line-height:1.5}
.details{margin:0 0 12px;padding-left:20px;font-size:.95rem}
.details li{margin:3px 0}
@media (min-width:1000px){.overview{display:grid;grid-template-columns:1.1fr 1fr;gap:0 36px;align-items:start}.overview .comparison{margin-top:4px}}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:14px 24px;margin:0}
.facts dt{font-size:.8rem;color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere}
details{margin-top:16px}
summary{cursor:pointer;color:var(--link)}
pre{overflow:auto;background:var(--strong);padding:12px;border-radius:8px;font-size:.82rem}
figure{margin:0}
figcaption{margin-bottom:12px;color:var(--muted);font-size:.92rem;max-width:85ch}
figcaption strong{display:block;color:var(--ink);font-size:1.1rem}
.scroll{overflow-x:auto;max-width:100%;-webkit-overflow-scrolling:touch}
.scroll svg{display:block;width:100%;height:auto;margin:0 auto}
.scroll svg image{image-rendering:pixelated}
.chooser{display:flex;flex-wrap:wrap;gap:6px;margin:0 0 14px}
.chooser button{font:inherit;font-size:.88rem;padding:4px 12px;border-radius:99px;border:1px solid var(--card-edge);background:var(--strong);color:var(--ink);cursor:pointer}
.chooser button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:var(--background)}
.heatmap+.heatmap{margin-top:26px}
.comparison{margin:18px 0 0}
.comparison h3{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}
.comparison .tag{font-size:.74rem;font-weight:600;color:var(--muted);border:1px solid var(--card-edge);border-radius:99px;padding:0 9px}
.comparison p{color:var(--muted);font-size:.9rem;margin:0 0 6px}
.bar-row{display:grid;grid-template-columns:minmax(70px,150px) 1fr minmax(110px,auto);gap:4px 12px;align-items:center;margin:4px 0}
.bar-row>span{overflow-wrap:anywhere;font-size:.92rem}
.bar-value{font-variant-numeric:tabular-nums;font-size:.92rem}
.track{position:relative;height:16px;background:var(--strong);border-radius:4px}
.bar{position:absolute;inset:0 auto 0 0;background:var(--accent);border-radius:4px;min-width:2px}
.floor{position:absolute;top:-3px;bottom:-3px;width:2px;background:var(--ink)}
.headline{border:1px solid var(--accent);border-radius:10px;padding:14px 16px}
table{border-collapse:collapse;font-size:.86rem;width:100%}
.caption{color:var(--muted);font-size:.92rem;max-width:none}
th,td{padding:5px 8px;text-align:left;border-bottom:1px solid var(--card-edge);white-space:nowrap}
th{background:var(--strong)}
th button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:0;cursor:pointer}
th[aria-sort=ascending] button::after{content:' ▲'}
th[aria-sort=descending] button::after{content:' ▼'}
.number{text-align:right;font-variant-numeric:tabular-nums}
tbody tr:hover{background:var(--strong)}
#tip{position:fixed;z-index:9;pointer-events:none;background:var(--ink);color:var(--background);font-size:.82rem;line-height:1.35;padding:6px 10px;border-radius:6px;max-width:300px;overflow-wrap:anywhere}
footer{color:var(--muted);font-size:.88rem;padding-top:20px;padding-bottom:48px}
@media (max-width:600px){.facts{grid-template-columns:repeat(auto-fill,minmax(135px,1fr));gap:10px 16px}.facts dd{font-size:.92rem}main,header,footer{padding-left:12px;padding-right:12px}.card{padding:14px;border-radius:10px}.bar-row{grid-template-columns:1fr auto}.bar-row .track{grid-column:1/-1;grid-row:2}}
@media print{body{background:#fff}.card{break-inside:avoid;border:0;padding:0}.chooser{display:none}.heatmap[hidden]{display:block}}
`;

/** All CSS of the page. */
export function pageCss(): string {
  return paletteCss() + RULES;
}
