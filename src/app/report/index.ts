/** The report: from the records of runs to figures, tables and one self-contained page. It writes no file itself. */
export { adviceSvg } from './advice-figure.ts';
export { type AdviceCost, adviceText } from './advice-text.ts';
export { comparisonTableText } from './comparison-text.ts';
export { convergenceTableText } from './convergence-table.ts';
export { diagonalText, eigenpairsSvg, eigenpairsText, traceText } from './estimates-report.ts';
export { couplingFigures, couplingText, exactFigures, exactText } from './exact-report.ts';
export { curveOf, figuresOf, stagesFigure, trainingFigure } from './figures.ts';
export { renderReport } from './html.ts';
export { inspectionText } from './inspection-text.ts';
export { blockGraphTableText, layerTableText, operatorTableText } from './plan-tables.ts';
export { renderPng } from './png.ts';
export { quadraticSvg, quadraticText } from './quadratic-report.ts';
export { stagesText } from './stages-text.ts';
export { claimsText, QUICK_MARK, studyFigureSvg } from './study-figure.ts';
export { blockTableText, jsZeroTableText } from './tables.ts';
