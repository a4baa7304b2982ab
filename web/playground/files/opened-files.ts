/** What files a reader has dropped or chosen, with their paths, and what they are taken for. */
import { RUN_FILE } from '../../../src/app/runs/layout.ts';
import { UserError } from '../../../src/errors.ts';

/** A file with its path below what was dropped, `/` between its parts. */
export interface OpenedFile {
  readonly path: string;
  readonly file: Pick<File, 'name' | 'text' | 'arrayBuffer'>;
}

/** What the files are. */
export type Opened =
  | {
      readonly kind: 'run';
      /** Path of the folder, with a slash at its end unless it is empty. */
      readonly folder: string;
    }
  | { readonly kind: 'report'; readonly report: OpenedFile }
  | {
      readonly kind: 'network';
      readonly model: OpenedFile;
      readonly inputs: readonly OpenedFile[];
      readonly targets: OpenedFile | null;
      readonly external: readonly OpenedFile[];
    }
  | { readonly kind: 'text'; readonly text: OpenedFile };

/** Names by which an array is taken for what the loss compares with. */
const TARGET_NAMES = /^(y|targets?|labels?)\.npy$/i;
const ARRAY = /\.np[yz]$/i;

/**
 * Tells what files are by their names.
 * @throws UserError when they are nothing that the page can open, or more than one such thing.
 */
export function recognise(files: readonly OpenedFile[]): Opened {
  const named = (pattern: RegExp) => files.filter(({ path }) => pattern.test(nameOf(path)));
  const records = files.filter(({ path }) => nameOf(path) === RUN_FILE);
  if (records.length > 0) return { kind: 'run', folder: onlyFolder(records) };
  const models = named(/\.onnx$/i);
  if (models.length > 1)
    throw new UserError(`Expected one ONNX file, found ${models.length}; open them one after the other.`);
  const [model] = models;
  if (model) {
    const arrays = named(ARRAY);
    const targets = arrays.find(({ path }) => TARGET_NAMES.test(nameOf(path))) ?? null;
    const inputs = arrays.filter((array) => array !== targets);
    const external = files.filter((file) => file !== model && !arrays.includes(file));
    return { kind: 'network', model, inputs, targets, external };
  }
  if (files.length === 1) {
    const [report] = named(/\.html?$/i);
    if (report) return { kind: 'report', report };
    const [text] = named(/\.txt$/i);
    if (text) return { kind: 'text', text };
  }
  throw new UserError(
    `Expected an ONNX file, a text file, a report.html or the folder of a run, found ${foundWords(files)}; open one of those.`,
  );
}

/** The folder of the record that lies least deep. @throws UserError when several runs lie side by side. */
function onlyFolder(records: readonly OpenedFile[]): string {
  const depth = ({ path }: OpenedFile) => path.split('/').length;
  const least = Math.min(...records.map(depth));
  const nearest = records.filter((record) => depth(record) === least);
  if (nearest.length > 1)
    throw new UserError(
      `Expected the folder of one run, found ${nearest.length} runs side by side; open one of them, or use hesscope serve for all.`,
    );
  return (nearest[0] as OpenedFile).path.slice(0, -RUN_FILE.length);
}

function foundWords(files: readonly OpenedFile[]): string {
  if (files.length === 0) return 'nothing';
  const shown = files.slice(0, 3).map(({ path }) => path);
  return files.length > 3 ? `${shown.join(', ')} and ${files.length - 3} more` : shown.join(', ');
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
