/** What compressed files may unpack to: a small file must not take all memory. */

/** Deflate cannot shrink by more (https://zlib.net/zlib_tech.html): a larger claim is a lie or an attack. */
export const GREATEST_DEFLATE_RATIO = 1032;

/** Far above EMNIST's 550 MB; what a file declares beyond it is not taken into memory. */
export const MAX_UNPACKED_BYTES = 2 ** 31;
