import { UserError } from '../../../../errors.ts';
import { constantValue, type Node } from '../../../graph/node.ts';
import { normaliseAxis } from '../../../graph/shape.ts';
import type { FloatDType, HostTensor } from '../../../graph/type.ts';
import type { OpBuilder } from '../../../ops/syntax.ts';
import { inDType } from '../host-tensors.ts';
import type { OnnxGraph, OnnxNode } from '../onnx-graph.ts';

/** What a converter may ask of the import as a whole. */
export interface ImportContext {
  readonly b: OpBuilder;
  /** The precision that all floats of the file take. */
  readonly dtype: FloatDType;
  /** Version of the standard operator set. */
  readonly opset: number;
  /** To be called before so many elements are made. @throws when they are too many. */
  claim(count: number): void;
  /** Converts a branch in which all names of the surrounding graph are known. @returns its outputs. */
  branch(graph: OnnxGraph): readonly Node[];
}

/** One node under conversion: its inputs as graph nodes, and what is known of them. */
export class Call {
  readonly b: OpBuilder;
  readonly dtype: FloatDType;
  readonly opset: number;
  readonly node: OnnxNode;
  readonly inputs: readonly (Node | null)[];
  readonly context: ImportContext;

  constructor(context: ImportContext, node: OnnxNode, inputs: readonly (Node | null)[]) {
    this.context = context;
    this.b = context.b;
    this.dtype = context.dtype;
    this.opset = context.opset;
    this.node = node;
    this.inputs = inputs;
  }

  /** @throws UserError when the input is left out. */
  input(index: number): Node {
    return this.inputs[index] ?? this.fail(`expected an input number ${index + 1}, found none`);
  }
  optional(index: number): Node | null {
    return this.inputs[index] ?? null;
  }
  /** All inputs that are given. */
  get given(): readonly Node[] {
    return this.inputs.filter((input) => input !== null);
  }
  shape(index: number): readonly number[] {
    return this.input(index).type.shape;
  }
  rank(index: number): number {
    return this.shape(index).length;
  }

  /** The values of an input that does not depend on data or parameters; null when it does, or is left out. */
  known(index: number): HostTensor | null {
    const input = this.inputs[index];
    return input?.op === 'constant' ? constantValue(input) : null;
  }
  /** @throws UserError when the input depends on data or parameters. */
  numbers(index: number): number[] {
    const value = this.known(index);
    if (value) return Array.from(value.data as ArrayLike<number | bigint>, Number);
    return this.fail(
      `expected its input number ${index + 1} to follow from shapes and constants, found one that depends on the data`,
    );
  }
  /** One number; the fallback where the input is left out. */
  number(index: number, fallback: number): number {
    if (!this.inputs[index]) return fallback;
    const [value] = this.numbers(index);
    return value ?? this.fail(`expected a number as its input number ${index + 1}, found an empty tensor`);
  }

  /** A list of integers that older operator sets have as an attribute and newer ones as an input; null for none. */
  intsOf(name: string, index: number): readonly number[] | null {
    return this.node.ints(name) ?? (this.inputs[index] ? this.numbers(index) : null);
  }
  /** An axis of the first input, counted from the front. */
  axis(name: string, fallback: number): number {
    return normaliseAxis(this.node.int(name, fallback), this.rank(0));
  }

  /** A constant; floats take the precision of the import. */
  constant(tensor: HostTensor): Node {
    return this.b.constant(inDType(tensor, this.dtype));
  }
  integers(values: readonly number[], shape: readonly number[] = [values.length]): Node {
    return this.b.constant({ dtype: 'int64', shape, data: BigInt64Array.from(values, BigInt) });
  }
  scalar(value: number): Node {
    return this.b.scalar(value, this.dtype);
  }

  /** The whole numbers from 0 up to a count. @throws UserError when they are too many. */
  upTo(count: number): number[] {
    this.context.claim(count);
    return Array.from({ length: count }, (_, i) => i);
  }
  /** To be called before so many elements are made of a shape or a number. @throws Error when they are too many. */
  claim(count: number): void {
    this.context.claim(count);
  }

  /** @throws UserError naming the node. */
  fail(text: string): never {
    throw new UserError(`${this.node.operator} '${this.node.name}': ${text}.`);
  }
}
