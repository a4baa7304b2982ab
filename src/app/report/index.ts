/** The report: from the records of runs to figures, tables and one self-contained page. It writes no file itself. */
export { type Figure, figuresOf } from './figures.ts';
export { type ReportOptions, renderReport } from './html.ts';
export { renderPng } from './png.ts';
export { type Summary, summarise } from './summary.ts';
export {
  type BlockRow,
  blockRows,
  blockTableText,
  type JsZeroRow,
  jsZeroRows,
  jsZeroTableText,
} from './tables.ts';
