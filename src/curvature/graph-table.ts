/** How large the graphs of a curvature are: the primal one, and the tangent graphs of layers and blocks. */
import type { ParameterSpec } from '../network/models/model.ts';
import { residualBytes } from '../tensor/autodiff/linearize.ts';
import { evaluateNode } from '../tensor/engine/interpreter.ts';
import type { Graph, Node } from '../tensor/graph/node.ts';
import { optimizeGraph } from '../tensor/graph/passes/index.ts';
import { onnxNodeCount } from '../tensor/onnx/emit.ts';
import { inferType } from '../tensor/ops/index.ts';
import { graphCost } from './cost.ts';
import { linearizeBlock } from './linearize-block.ts';
import type { ModelCurvature } from './model-curvature.ts';
import type { CurvatureOperator } from './operator.ts';

/** The size of one graph, for one vector and one micro-batch. */
export interface GraphSize {
  /** Operations of the graph as an engine runs it; inputs and constants are none. */
  readonly nodes: number;
  /** Nodes of the ONNX model that is written for it. */
  readonly onnxNodes: number;
  /** Bytes of the residuals that a tangent graph reads, or that the primal one writes. */
  readonly residualBytes: number;
  /** Floating-point operations of the matrix products, a multiply-add counted as two. */
  readonly productFlops: number;
}

/** A part of the network: what it adds to the tangent graph of all that lies above it. */
export interface PartSize extends GraphSize {
  readonly name: string;
  /** 1-based; null for the parameters before the first layer and after the last one. */
  readonly layer: number | null;
}

/** The tangent graph of one operator. */
export interface OperatorSize extends GraphSize {
  readonly name: string;
  readonly dim: number;
}

export interface GraphTable {
  /** Loss, gradient and residuals of one micro-batch. */
  readonly primal: GraphSize;
  /** The tangent graph of the whole Hessian; `parts` add up to it. */
  readonly whole: GraphSize;
  /** From the network's input to its loss. */
  readonly parts: readonly PartSize[];
  /** In the order given. */
  readonly operators: readonly OperatorSize[];
}

/**
 * Counts the graphs of a curvature; nothing is run.
 *
 * @param operators the operators to list, the whole Hessian among them or not.
 * @throws when the residuals are not declared yet (`linearizeAll`).
 */
export function graphTable(curvature: ModelCurvature, operators: readonly CurvatureOperator[]): GraphTable {
  const { primal } = curvature;
  const parts = partSizes(curvature);
  return {
    primal: sizeOfGraph(primal.graph, primal.totalBytes / primal.microBatchCount),
    whole: parts.reduce<GraphSize>(add, EMPTY),
    parts,
    operators: operators.map(({ name, dim, linearization: { tangentGraph, residuals } }) => ({
      name,
      dim,
      ...sizeOfGraph(tangentGraph, residualBytes(residuals)),
    })),
  };
}

const EMPTY: GraphSize = { nodes: 0, onnxNodes: 0, residualBytes: 0, productFlops: 0 };

/** The whole is built from the top: each part is the difference that its parameters make. */
function partSizes(curvature: ModelCurvature): PartSize[] {
  const { model, traced, kind } = curvature;
  const whole = curvature.whole().linearization;
  const chosen = new Set(whole.residuals);
  const parts: PartSize[] = [];
  let above = EMPTY;
  for (const { name, layer, start } of [...partsOf(model.parameters)].reverse()) {
    const { tangentGraph, residuals } =
      start === 0 ? whole : linearizeBlock(traced, kind, name, model.parameters.slice(start), chosen);
    const size = sizeOfGraph(tangentGraph, residualBytes(residuals));
    parts.unshift({ name, layer, ...subtract(size, above) });
    above = size;
  }
  return parts;
}

/** Where each part's parameters begin, in the network's order. */
function partsOf(
  parameters: readonly ParameterSpec[],
): { name: string; layer: number | null; start: number }[] {
  const layers = [...new Set(parameters.flatMap(({ layer }) => layer ?? []))];
  const starts = layers.map((layer) => ({
    name: `layer ${layer}`,
    layer,
    start: parameters.findIndex((parameter) => parameter.layer === layer),
  }));
  const end = parameters.findLastIndex(({ layer }) => layer !== null) + 1;
  const [first] = starts;
  return [
    ...(first?.start === 0 ? [] : [{ name: first ? 'before the layers' : 'all', layer: null, start: 0 }]),
    ...starts,
    ...(first && end < parameters.length ? [{ name: 'after the layers', layer: null, start: end }] : []),
  ];
}

function sizeOfGraph(graph: Graph, residuals: number): GraphSize {
  const optimized = optimizeGraph(graph, inferType, evaluateNode);
  return {
    nodes: optimized.nodes.filter(isOperation).length,
    onnxNodes: onnxNodeCount(optimized),
    residualBytes: residuals,
    productFlops: graphCost(optimized).productFlops,
  };
}

function isOperation({ op }: Node): boolean {
  return op !== 'input' && op !== 'constant';
}

function add(a: GraphSize, b: GraphSize): GraphSize {
  return {
    nodes: a.nodes + b.nodes,
    onnxNodes: a.onnxNodes + b.onnxNodes,
    residualBytes: a.residualBytes + b.residualBytes,
    productFlops: a.productFlops + b.productFlops,
  };
}

function subtract(a: GraphSize, b: GraphSize): GraphSize {
  return {
    nodes: a.nodes - b.nodes,
    onnxNodes: a.onnxNodes - b.onnxNodes,
    residualBytes: a.residualBytes - b.residualBytes,
    productFlops: a.productFlops - b.productFlops,
  };
}
