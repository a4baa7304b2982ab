/** Spectra of linear operators: probes, Lanczos, quadrature, densities and distances. */

export { type DenseMatrix, denseMatrix } from './dense-matrix.ts';
export {
  addGaussian,
  CUT_OFF_SIGMAS,
  describeSigma,
  fromSymmetricLog,
  type Grid,
  type GridRequest,
  linearGrid,
  meanDensity,
  meanMeasure,
  nodeRange,
  resolveSigma,
  type SigmaRule,
  type SmoothDensity,
  sharedGrid,
  smoothDensity,
  toSymmetricLog,
} from './density.ts';
export {
  DEFAULT_DISTANCE_SETTINGS,
  type DistanceDefinition,
  type DistanceName,
  type DistanceSettings,
  type PreparedDistance,
} from './distance/definition.ts';
export { DISTANCE_NAMES, DISTANCES, distanceNamed } from './distance/index.ts';
export { type PointMasses, wassersteinOne } from './distance/wasserstein-1.ts';
export { symmetricEigenvalues } from './eigen/dense.ts';
export {
  type Eigenpair,
  type ExtremeOptions,
  type ExtremePairs,
  extremeEigenpairs,
} from './eigen/extreme.ts';
export { type TridiagonalEigen, tridiagonalEigen, tridiagonalEigenvalues } from './eigen/tridiagonal.ts';
export { type Estimate, estimate, jackknifeStandardError } from './estimate.ts';
export {
  type BlockDistances,
  type HeterogeneityReport,
  measureBlockDistances,
  measureHeterogeneity,
  ZERO_BLOCK_TREATMENT,
} from './heterogeneity.ts';
export {
  advanceLanczos,
  type LanczosOptions,
  type LanczosState,
  runLanczos,
  type StreamName,
  startLanczos,
} from './lanczos.ts';
export {
  type ExtremeEigenvalue,
  integrate,
  largestEigenvalue,
  leastEigenvalue,
  type SpectrumMoments,
  spectrumMoments,
  zeroNodeThreshold,
} from './moments.ts';
export {
  divideSpectrum,
  GHOST_MULTIPLE,
  GHOST_WEIGHT,
  mergeGhosts,
  type Normaliser,
  spectrumNormaliser,
} from './normaliser.ts';
export type { LinearOperator, Precision, Vector } from './operator.ts';
export { type ProbeKind, type ProbeRequest, sampleProbe } from './probe.ts';
export {
  exactSpectrum,
  type GaussRule,
  gaussQuadrature,
  lanczosSpectrum,
  probeSpectrum,
} from './quadrature.ts';
export { epsilonOf, ROUNDING_MULTIPLE, roundingThreshold } from './rounding.ts';
export {
  convergenceOf,
  FIRST_LOOK_STEPS,
  hasSettled,
  LOOK_EVERY_STEPS,
  settledStep,
  stepErrorOfProbe,
} from './settled.ts';
export { BULK_TAIL, OUTLIER_WIDTHS, type SpectrumShape, spectrumShape, ZERO_SHARE } from './shape.ts';
export type { Convergence, OperatorSpectrum, ProbeSpectrum } from './spectrum.ts';
export { type DiagonalEstimate, type EstimatorOptions, estimateDiagonal, hutchPlusPlus } from './trace.ts';
export { isZeroAgainst, largestMagnitude, markZeroBlocks, ZERO_BLOCK_SHARE } from './zero.ts';
