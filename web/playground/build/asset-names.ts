/** Files that stand beside the built page, by their paths below it. */

/** The embedded text. */
export const TEXT_FILE = 'data/moby-dick.txt';
/** The pixels of the first digits, one digit after the other, a byte a pixel. */
export const DIGITS_FILE = 'data/digits.bin';
/** The folder of the runtime's WebAssembly. */
export const RUNTIME_FOLDER = 'runtime/';
