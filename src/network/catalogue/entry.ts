/** One thing that can be fetched: its files, and what they are. */

/** A file on the network. */
export interface RemoteFile {
  /** What it is called in the cache. */
  readonly name: string;
  /** Addresses that serve the same bytes; the next one is tried where one does not answer. */
  readonly urls: readonly [string, ...string[]];
  /** Its size, where it is known. */
  readonly bytes?: number;
  /** Hexadecimal. Left out where no published value is known: the first download then fixes it for this machine. */
  readonly sha256?: string;
  /** How it is unpacked beside itself when it is whole. */
  readonly archive?: 'tar.gz' | 'zip';
}

/** A data set or a model. */
export interface CatalogueEntry {
  /** One line for help and tables. */
  readonly summary: string;
  /** Where it comes from, for people who want to read about it, licence included. */
  readonly homepage: string;
  readonly files: readonly RemoteFile[];
  /** What of the entry's folder `--data`, `--model` or `--weights` gets: a file or folder in it; the folder itself unless given. */
  readonly use?: string;
}
