/** How much an import may make out of little: a node of a few bytes can ask for a tensor of any size. */

/** Elements of one tensor, or numbers of one list, that is made while a file is imported; a mask for 4,096 places. */
export const LARGEST_MADE = 2 ** 24;

/** Elements in all that are made out of nothing but shapes. */
const MOST_MADE = 2 ** 26;

/** Elements that may be made for each one that is stored: shapes, types and signs of weights are changed at once. */
const MADE_FOR_STORED = 4;

/** Elements of a tensor that is computed when the graph runs; more than any machine holds. */
export const LARGEST_TENSOR = 2 ** 40;

/** Counts what is made against what is stored. */
export class MadeElements {
  private made = 0;
  private most = MOST_MADE;

  /** Says that stored elements have been read. */
  hold(count: number): void {
    this.most += MADE_FOR_STORED * count;
  }

  /** Says that elements of known tensors have been computed, no more at once than their inputs had or than a claim allows. */
  count(count: number): void {
    this.made += count;
    if (this.made > this.most) throw tooMany(count, this.made, this.most);
  }

  /** To be called before so many elements are made. @throws Error when they are too many. */
  claim(count: number): void {
    this.made += count;
    // Written so that NaN is refused too.
    if (!(count <= LARGEST_MADE && this.made <= this.most)) throw tooMany(count, this.made, this.most);
  }
}

function tooMany(count: number, made: number, most: number): Error {
  return new Error(
    `expected constants of at most ${LARGEST_MADE} elements, and of ${most} in all, found one of ${count} that makes ${made}; feed it as an input`,
  );
}
