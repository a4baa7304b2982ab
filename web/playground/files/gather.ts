/** Files from a drop or a chooser, folders with all that is below them. */
import type { OpenedFile } from './opened-files.ts';

/** Files beyond this are not a run or a model; a whole disk dropped by mistake would be read for minutes. */
const MOST_FILES = 20_000;

/** The files of a drop. */
export async function droppedFiles(items: DataTransferItemList): Promise<OpenedFile[]> {
  // The list is emptied when the handler of the event returns, so entries are taken first.
  const found: OpenedFile[] = [];
  const entries = [...items].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    return entry ? [entry] : [];
  });
  for (const entry of entries) await gather(entry, found);
  return found;
}

/** The files of a chooser: those of a folder carry their paths. */
export function chosenFiles(files: FileList): OpenedFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function gather(entry: FileSystemEntry, found: OpenedFile[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives some hundred entries at a time, and none at its end.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return;
    for (const child of part) await gather(child, found);
  }
}
