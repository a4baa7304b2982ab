/** What a format of data is: how it is recognised, and how it becomes text or labelled images. */
import type { DataRequest } from './data-request.ts';
import type { LabelledImages } from './images.ts';
import type { TextSource } from './text-source.ts';

/** A place on disk, looked at once. */
export interface Place {
  readonly path: string;
  readonly isFolder: boolean;
  /** What is in the folder, sorted; empty for a file. */
  readonly names: readonly string[];
}

/** Options of a request that only some formats have. */
export type FormatOption = 'split' | 'labels' | 'field' | 'pictureShape';

/** Opens text. */
export interface OpenedText {
  readonly kind: 'text';
  open(request: DataRequest): Promise<TextSource>;
}

/** Opens images, no more of them than the request needs. */
export interface OpenedImages {
  readonly kind: 'images';
  open(request: DataRequest): Promise<LabelledImages>;
}

export interface DataFormat {
  /** For messages, for example `a folder of images`. */
  readonly title: string;
  /** Which options of a request it takes. */
  readonly options: readonly FormatOption[];
  /** Whether a place holds it, by names and first bytes. */
  matches(place: Place): boolean | Promise<boolean>;
  /**
   * What the place holds.
   * @throws UserError when it is not what it seemed.
   */
  read(place: Place): Promise<OpenedText | OpenedImages>;
}
