/** What is asked of data: where they are, how they are cut, and what only some formats have. */
import type { FloatDType } from '../../tensor/graph/type.ts';
import type { Cut, ImageShape } from './dataset.ts';
import type { ImageInput } from './images.ts';
import type { TokenizerName } from './tokenizers/tokenizer.ts';

/** Which part of a data set that has two: MNIST's 60,000 images to train on or its 10,000 to test on, for example. */
export type Split = 'train' | 'test';

export interface DataRequest extends Cut {
  /** The name of an embedded or a fetched data set, or a path. */
  readonly source: string;
  /** For text only, where it is required: tokens in a sequence. */
  readonly contextLength?: number | undefined;
  /** For text only; `character` unless given. */
  readonly tokenizer?: TokenizerName | undefined;
  /** For text only: what a model is to find, the next token or masked ones; the next token unless given. */
  readonly task?: 'next-token' | 'masked-language' | undefined;
  /** For masked tokens only: the seed of all that is drawn; 0 unless given. */
  readonly seed?: number | undefined;
  /** For images only: the format of their tensor; float32 unless given. */
  readonly precision?: FloatDType | undefined;
  /** For images only: whether values are standardised; true unless given. */
  readonly normalise?: boolean | undefined;
  /** For images only: how the model wants them; by the kind of image unless given. */
  readonly imageInput?: ImageInput | undefined;
  /**
   * For pictures in files: what they are made into, by resizing. Unless given it is as the model wants them; where that
   * is left open too, they must have one size.
   */
  readonly pictureShape?: PictureShape | undefined;
  /** For data in two parts; `train` unless given. */
  readonly split?: Split | undefined;
  /** For one IDX file of images only: where its labels are, if not beside it under the usual name. */
  readonly labels?: string | undefined;
  /** For JSON lines and Parquet: which field or column holds the text, or the classes of images. */
  readonly field?: string | undefined;
}

/** The size of pictures; where channels are left out, those of the first picture. */
export type PictureShape = Omit<ImageShape, 'channels'> & Partial<Pick<ImageShape, 'channels'>>;
