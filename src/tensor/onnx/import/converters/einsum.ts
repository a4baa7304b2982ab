/** Einstein sums as transpositions and matrix products, two factors at a time. */
import type { Node } from '../../../graph/node.ts';
import { sizeOf } from '../../../graph/type.ts';
import type { OpBuilder } from '../../../ops/syntax.ts';
import type { Call } from './call.ts';

/** A tensor whose axes have letters. */
interface Factor {
  readonly x: Node;
  readonly letters: string;
}

/** Letters that stand for the axes of an ellipsis; equations have others. */
const ELLIPSIS_LETTERS = '0123456789';

/** Computes the equation of an Einsum node over its inputs. */
export function einsum(call: Call): Node {
  const { b } = call;
  const { terms, result } = parse(call);
  const factors = terms.map((letters, index): Factor => {
    const x = call.input(index);
    if (new Set(letters).size !== letters.length || letters.length !== x.type.shape.length)
      call.fail(
        `expected a letter of its own for each axis of [${x.type.shape.join(', ')}], found '${letters}'`,
      );
    return { x, letters };
  });
  let [product, ...rest] = factors as [Factor, ...Factor[]];
  while (rest.length > 0) {
    const [next, ...later] = rest as [Factor, ...Factor[]];
    const wanted = new Set([...result, ...later.flatMap(({ letters }) => [...letters])]);
    product = multiply(
      b,
      sumAway(b, product, new Set([...wanted, ...next.letters])),
      sumAway(b, next, new Set([...wanted, ...product.letters])),
      wanted,
    );
    rest = later;
  }
  const { x, letters } = sumAway(b, product, new Set(result));
  return b.transpose(
    x,
    [...result].map((letter) => letters.indexOf(letter)),
  );
}

function parse(call: Call): { terms: string[]; result: string } {
  const equation = call.node.text('equation', '').replaceAll(' ', '');
  const [left, right] = equation.split('->') as [string, string | undefined];
  const most = Math.max(
    0,
    ...left.split(',').map((term, index) => (term.includes('...') ? call.rank(index) - term.length + 3 : 0)),
  );
  const spelled = (term: string, count: number) =>
    term.replace('...', ELLIPSIS_LETTERS.slice(most - count, most));
  const terms = left.split(',').map((term, index) => spelled(term, call.rank(index) - term.length + 3));
  if (right !== undefined) return { terms, result: spelled(right, most) };
  // Without an arrow: the ellipsis, then the letters that stand once, in the order of the alphabet.
  const all = terms.join('');
  const once = [...new Set(all)].filter(
    (letter) => all.split(letter).length === 2 && /[a-zA-Z]/.test(letter),
  );
  return { terms, result: ELLIPSIS_LETTERS.slice(0, most) + once.sort().join('') };
}

/** Sums over the axes that nobody asks for. */
function sumAway(b: OpBuilder, { x, letters }: Factor, wanted: ReadonlySet<string>): Factor {
  const axes = [...letters].flatMap((letter, axis) => (wanted.has(letter) ? [] : [axis]));
  if (axes.length === 0) return { x, letters };
  return {
    x: b.reduceSum(x, axes, false),
    letters: [...letters].filter((letter) => wanted.has(letter)).join(''),
  };
}

/** The product of two factors summed over the letters that they share and that are no longer wanted. */
function multiply(b: OpBuilder, left: Factor, right: Factor, wanted: ReadonlySet<string>): Factor {
  const shared = [...left.letters].filter((letter) => right.letters.includes(letter));
  const batch = shared.filter((letter) => wanted.has(letter)).join('');
  const summed = shared.filter((letter) => !wanted.has(letter)).join('');
  const rows = [...left.letters].filter((letter) => !shared.includes(letter)).join('');
  const columns = [...right.letters].filter((letter) => !shared.includes(letter)).join('');
  const x = arranged(b, left, [batch, rows, summed]);
  const y = arranged(b, right, [batch, summed, columns]);
  const extent = (letter: string): number =>
    left.letters.includes(letter)
      ? (left.x.type.shape[left.letters.indexOf(letter)] as number)
      : (right.x.type.shape[right.letters.indexOf(letter)] as number);
  const letters = batch + rows + columns;
  return { x: b.reshape(b.matmul(x, y), [...letters].map(extent)), letters };
}

/** The factor with its axes in groups, each group one axis; a batch of one needs no axis of its own. */
function arranged(b: OpBuilder, { x, letters }: Factor, groups: readonly string[]): Node {
  const ordered = b.transpose(
    x,
    [...groups.join('')].map((letter) => letters.indexOf(letter)),
  );
  let start = 0;
  const shape = groups.map((group) => {
    const size = sizeOf(ordered.type.shape.slice(start, start + group.length));
    start += group.length;
    return size;
  });
  return b.reshape(ordered, groups[0] === '' ? shape.slice(1) : shape);
}
