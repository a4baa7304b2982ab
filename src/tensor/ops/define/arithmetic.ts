import type { DType } from '../../graph/type.ts';
import type { EmitScope } from './operation.ts';

type Term = string | number;

/** Writes formulas as ONNX nodes; numbers become scalar constants of the element type. */
export interface Arithmetic {
  add(x: Term, y: Term): string;
  sub(x: Term, y: Term): string;
  mul(x: Term, y: Term): string;
  div(x: Term, y: Term): string;
  apply(opType: string, x: string): string;
  /** c[0] + c[1] x + c[2] x^2 + ... by Horner's rule. */
  polynomial(x: string, coefficients: readonly number[]): string;
}

/** Formulas in one scope and element type, for operations that ONNX Runtime lacks or has in float32 only. */
export function arithmetic(scope: EmitScope, dtype: DType): Arithmetic {
  const name = (term: Term) => (typeof term === 'number' ? scope.scalar(term, dtype) : term);
  const binary = (opType: string) => (x: Term, y: Term) => scope.node(opType, [name(x), name(y)]);
  const [add, sub, mul, div] = [binary('Add'), binary('Sub'), binary('Mul'), binary('Div')];
  return {
    add,
    sub,
    mul,
    div,
    apply: (opType, x) => scope.node(opType, [x]),
    polynomial: (x, coefficients) => {
      const descending = [...coefficients].reverse();
      const leading = mul(x, descending[0] as number);
      return descending.slice(1).reduce<string>((sum, c, i) => {
        const next = add(sum, c);
        return i === descending.length - 2 ? next : mul(next, x);
      }, leading);
    },
  };
}
