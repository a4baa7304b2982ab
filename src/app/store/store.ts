/** A place that all machines of a run reach: files by name, written whole or not at all. */
import { UserError } from '../../errors.ts';

export interface Store {
  /** As people named it. */
  readonly address: string;
  has(name: string): Promise<boolean>;
  /** The whole of a small file; null where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, content: Uint8Array): Promise<void>;
  /** Writes a file that is soon taken away: it need not outlive a loss of power, and several may write it at once. */
  lend(name: string, content: Uint8Array): Promise<void>;
  /** Takes a file away; one that is not there is none. */
  remove(name: string): Promise<void>;
  /** Takes all files away whose names begin with a folder's. */
  removeFolder(folder: string): Promise<void>;
  /** Copies a file of this machine into the store. */
  upload(name: string, path: string): Promise<void>;
  /** Copies a file of the store to this machine. @throws UserError when it is not there. */
  download(name: string, path: string): Promise<void>;
}

/** The error for a file that should be in a store and is not. */
export function missingFile(address: string, name: string): UserError {
  return new UserError(
    `${name} is not in the store ${address}; order the units again with --store, or bring the file there`,
  );
}
