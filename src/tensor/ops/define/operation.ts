/**
 * What an operation is: each states one derivative fact, the rest is derived from it.
 *
 * | kind            | its author writes           | derived                              |
 * |-----------------|-----------------------------|--------------------------------------|
 * | linear          | transpose, batch            | jvp = the same operation on tangents |
 * | bilinear        | transpose and batch         | jvp = product rule                   |
 * | nonlinear       | jvp                         | needs no transpose                   |
 * | nondifferentiable | nothing                   | zero tangent                         |
 */
import type { Attributes, Node } from '../../graph/node.ts';
import type { DType, HostTensor, TensorData, TensorType } from '../../graph/type.ts';
import type { OpBuilder } from '../syntax.ts';

/** An ONNX attribute's value; integers and floats are told apart by `int` and `float` in the scope. */
export type EmittedAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

/** Where an operation writes its ONNX nodes. Values are known by their ONNX names. */
export interface EmitScope {
  /** Adds one ONNX node with one output. @returns the output's name. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, EmittedAttribute>>,
  ): string;
  /** Adds one ONNX node with `count` outputs. @returns their names. */
  nodeWithOutputs(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes?: Readonly<Record<string, EmittedAttribute>>,
  ): readonly string[];
  /** A small constant in the model. @returns its name. */
  constant(value: HostTensor): string;
  /** A one-dimensional int64 constant, the way ONNX takes shapes and axes. */
  ints(values: readonly number[]): string;
  /** A floating-point scalar constant. */
  scalar(value: number, dtype: DType): string;
}

/** One argument of a sample: random values in a range, or integers below a bound. */
export type SampleInput =
  | { readonly shape: readonly number[]; readonly range?: readonly [number, number] }
  | { readonly shape: readonly number[]; readonly below: number }
  | { readonly shape: readonly number[]; readonly bool: true };

/** An application that the registry-wide tests try. */
export interface Sample {
  readonly inputs: readonly SampleInput[];
  readonly attributes?: Attributes;
}

/** Values as the reference interpreter has them: floating point in float64 whatever the graph says. */
export type Evaluate = (inputs: readonly HostTensor[], node: Node) => TensorData[DType];

interface OpCommon {
  /** The key in the registry. */
  readonly name: string;
  /** One line for the generated table of operations. */
  readonly summary: string;
  /** Shape rule. @throws with what was expected and found. */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType;
  /** The reference implementation. */
  readonly evaluate: Evaluate;
  /** Writes the operation as ONNX nodes. @returns the name of the result. */
  emit(scope: EmitScope, inputs: readonly string[], node: Node): string;
  /** Floating-point operations of matrix products in it, a multiply-add counted as two; none if left out. */
  flops?(node: Node): number;
  readonly samples: readonly Sample[];
}

/** Transposed action of a node in its argument `index`: the cotangent of the result to that of the argument. */
export type Transpose = (b: OpBuilder, cotangent: Node, node: Node, index: number) => Node;

/**
 * The same operation on several tangents at once, which have a new leading axis.
 *
 * @param inputs of the node; those that `batched` marks have a leading axis of extent `size`.
 * @returns the node's result with that leading axis.
 */
export type Batch = (
  b: OpBuilder,
  node: Node,
  inputs: readonly Node[],
  batched: readonly boolean[],
  size: number,
) => Node;

export interface LinearOp extends OpCommon {
  readonly kind: 'linear';
  /** The arguments in which the operation is linear (jointly); the others are fixed. */
  readonly linearArguments: (node: Node) => readonly number[];
  readonly transpose: Transpose;
  readonly batch: Batch;
  /**
   * Only where a missing tangent (a structural zero) needs more than leaving the argument out, or where an argument
   * in which the operation is not linear may carry a tangent too.
   */
  readonly jvp?: (b: OpBuilder, node: Node, tangents: readonly (Node | null)[]) => Node;
}

export interface BilinearOp extends OpCommon {
  readonly kind: 'bilinear';
  readonly transpose: Transpose;
  readonly batch: Batch;
}

export interface NonlinearOp extends OpCommon {
  readonly kind: 'nonlinear';
  /** Tangent of the result; null tangents are structural zeros, at least one is present. */
  jvp(b: OpBuilder, node: Node, tangents: readonly (Node | null)[]): Node;
}

export interface NondifferentiableOp extends OpCommon {
  readonly kind: 'nondifferentiable';
}

export type OpDefinition = LinearOp | BilinearOp | NonlinearOp | NondifferentiableOp;

/** Checks an operation's definition against its kind at compile time. */
export function defineOp<D extends OpDefinition>(definition: D): D {
  return definition;
}

/** The usual answer of `linearArguments`: the first argument only. */
export const firstArgument = (): readonly number[] => [0];
/** The answer of `linearArguments` for operations that are linear in all their arguments together. */
export const everyArgument = (node: Node): readonly number[] => node.inputs.map((_, index) => index);
