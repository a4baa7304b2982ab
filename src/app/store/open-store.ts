/** Stores by their addresses. */
import { UserError } from '../../errors.ts';
import { FolderStore } from './folder-store.ts';
import type { Store } from './store.ts';

/**
 * The store at an address: a folder that all machines mount, or `s3://bucket/prefix` on Amazon's or a compatible server.
 *
 * @throws UserError for an address of another kind.
 */
export async function openStore(address: string): Promise<Store> {
  if (address.startsWith('s3://')) {
    // Its client is loaded where it is used.
    const { openS3Store } = await import('./s3-store.ts');
    return openS3Store(address);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address))
    throw new UserError(`'--store': expected a folder or s3://bucket/prefix, found '${address}'`);
  return new FolderStore(address);
}
