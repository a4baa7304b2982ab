/** Vectors handed over through a store. */
import { randomUUID } from 'node:crypto';
import type { Precision, Vector } from '../../spectrum/index.ts';
import type { HandedOver } from '../../study/spectrum/ranges/questions.ts';
import type { VectorExchange } from '../../study/spectrum/ranges/vector-exchange.ts';
import { allocate } from '../../tensor/graph/type.ts';
import { sha256 } from '../runs/hashes.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';

/** Where the vectors of a measurement are handed over. */
export interface ExchangePlace {
  /** The address of the store; a worker may be told another one for the same. */
  readonly store: string;
  /** Of this measurement alone, inside the store. */
  readonly folder: string;
}

/** A piece is read and written in one go, and no file is larger. */
const PIECE_BYTES = 2 ** 28;

/** Opens a place. @throws UserError for an address that is none. */
export async function openExchange({ store, folder }: ExchangePlace): Promise<StoreExchange> {
  return new StoreExchange(await openStore(store), folder);
}

export class StoreExchange implements VectorExchange {
  private readonly store: Store;
  private readonly folder: string;
  private readonly pieceBytes: number;

  /** @param pieceBytes tests have smaller pieces. */
  constructor(store: Store, folder: string, pieceBytes: number = PIECE_BYTES) {
    this.store = store;
    this.folder = folder;
    this.pieceBytes = pieceBytes;
  }

  async give(vectors: readonly Vector[]): Promise<HandedOver> {
    const names: string[] = [];
    for (const vector of vectors)
      for (const piece of this.piecesOf(vector)) {
        // The second half says what is in it; the first keeps those apart who give the same at the same time.
        const name = `${randomUUID()}-${sha256(piece)}`;
        await this.store.lend(this.place(name), piece);
        names.push(name);
      }
    return names;
  }

  async take(names: HandedOver, precision: Precision, lengths: readonly number[]): Promise<Vector[]> {
    const vectors = lengths.map((length) => allocate(precision, length));
    const pieces = vectors.flatMap((vector) => this.piecesOf(vector));
    if (pieces.length !== names.length)
      throw new Error(`expected vectors in ${pieces.length} pieces, found ${names.length}`);
    for (const [index, name] of names.entries()) (pieces[index] as Uint8Array).set(await this.piece(name));
    return vectors;
  }

  async drop(names: HandedOver): Promise<void> {
    for (const name of names) await this.store.remove(this.place(name));
  }

  /** Takes away all that is left in the folder. */
  async clear(): Promise<void> {
    await this.store.removeFolder(this.folder);
  }

  private async piece(name: string): Promise<Uint8Array> {
    const content = await this.store.read(this.place(name));
    if (content === null)
      throw new Error(
        `${this.place(name)} is not in the store ${this.store.address}: expected vectors there`,
      );
    if (!name.endsWith(`-${sha256(content)}`))
      throw new Error(`${this.place(name)} in the store ${this.store.address} is not as it was written`);
    return content;
  }

  /** The bytes of a vector, in views. */
  private piecesOf({ buffer, byteOffset, byteLength }: Vector): Uint8Array[] {
    return Array.from({ length: Math.ceil(byteLength / this.pieceBytes) }, (_, index) => {
      const start = index * this.pieceBytes;
      return new Uint8Array(buffer, byteOffset + start, Math.min(this.pieceBytes, byteLength - start));
    });
  }

  private place(name: string): string {
    return `${this.folder}/${name}`;
  }
}
