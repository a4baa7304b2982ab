/** The report: from the records of runs to figures, tables and one self-contained page. It writes no file itself. */
export { comparisonTableText } from './comparison-text.ts';
export { convergenceTableText } from './convergence-table.ts';
export { curveOf, figuresOf, trainingFigure } from './figures.ts';
export { renderReport } from './html.ts';
export { inspectionText } from './inspection-text.ts';
export { blockGraphTableText, layerTableText, operatorTableText } from './plan-tables.ts';
export { renderPng } from './png.ts';
export { claimsText, QUICK_MARK, studyFigureSvg } from './study-figure.ts';
export { blockTableText, jsZeroTableText } from './tables.ts';
