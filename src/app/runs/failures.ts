/** What goes wrong with files, in sentences. */
import { UserError } from '../../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk; free some, then resume the run',
  EDQUOT: 'your disk quota is used up; free some space, then resume the run',
  EACCES: 'permission is denied; choose a directory that you may write to, or change its mode',
  EPERM: 'permission is denied; choose a directory that you may write to, or change its mode',
  EROFS: 'its file system is read-only; choose another directory',
  ENOTDIR: 'a part of its path is a file, not a directory; choose another directory',
  EEXIST: 'a part of its path is a file, not a directory; choose another directory',
  EISDIR: 'a directory stands where the file should go; move it away or choose another directory',
  ENAMETOOLONG: 'its name is longer than the file system allows; choose a shorter path',
  ENOENT:
    'a folder of its path is missing, or a link there leads nowhere; restore it or choose another directory',
  EIO: 'the disk reports an input/output error; check it, or choose another directory',
};

/** Turns what the operating system answered into a sentence; errors of another kind come back as they are. */
export function explainWriteFailure(error: unknown, path: string): unknown {
  const code = errorCode(error);
  const reason = code === undefined ? undefined : REASONS[code];
  if (reason === undefined) return error;
  return new UserError(`cannot write ${path}: ${reason} (${code})`, { cause: error });
}

/** Turns what the operating system answered to a read into a sentence; errors of another kind come back as they are. */
export function explainReadFailure(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const reason = code === 'EISDIR' ? 'a directory stands where the file should be' : messageOf(error);
  return new UserError(`cannot read ${path}: ${reason} (${code}); restore the file`, { cause: error });
}

/** The operating system's name of an error, for example `ENOENT`; undefined for errors of another kind. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
