/**
 * A mistake in what was asked: a missing file, an unknown name, a shape that does not fit.
 * The command line prints its message as one sentence, without a stack, and exits with code 2.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
