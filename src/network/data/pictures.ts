/** Pictures in files to equal arrays of bytes, by the library sharp. */
import { UserError } from '../../errors.ts';
import type { PictureShape } from './data-request.ts';
import type { ImageShape } from './dataset.ts';

/** An encoded picture: a path, or bytes with a name for messages. */
export type Picture = string | { readonly name: string; readonly bytes: Uint8Array };

/** Of one picture: a file of a few kilobytes can hold far more. The largest cameras make a hundred million. */
const MOST_PIXELS = 2 ** 27;

/** Pictures that are decoded at once. */
const AT_ONCE = 16;

/**
 * Decodes pictures (PNG, JPEG, WebP, GIF and what else sharp reads) to bytes in the order channel, row, column. What is
 * transparent becomes white. Where a size is wanted, a picture is scaled by cubic interpolation until it covers that
 * size and cut around its middle, as torchvision's Resize and CenterCrop do; where none is, all must have the first
 * one's. Grey pictures stay grey where the first one is, or where one channel is wanted.
 *
 * @throws UserError naming the picture that cannot be decoded or has another size.
 */
export async function decodePictures(
  pictures: readonly Picture[],
  wanted: PictureShape | undefined,
): Promise<{ readonly shape: ImageShape; readonly pixels: Uint8Array }> {
  const [first] = pictures;
  if (first === undefined) throw new Error('expected pictures, found none');
  const shape = await targetShape(first, wanted);
  const size = shape.channels * shape.height * shape.width;
  const pixels = new Uint8Array(pictures.length * size);
  for (let start = 0; start < pictures.length; start += AT_ONCE) {
    const group = pictures.slice(start, start + AT_ONCE);
    const decoded = await Promise.all(group.map((picture) => decode(picture, shape, wanted !== undefined)));
    for (const [index, values] of decoded.entries()) pixels.set(values, (start + index) * size);
  }
  return { shape, pixels };
}

async function targetShape(first: Picture, wanted: PictureShape | undefined): Promise<ImageShape> {
  if (wanted?.channels !== undefined)
    return { channels: wanted.channels, height: wanted.height, width: wanted.width };
  const { width, height, space = '' } = await (await openPicture(first)).metadata().catch(refuse(first));
  const channels = /^(b-w|grey16)$/.test(space) ? 1 : 3;
  return { channels, height: wanted?.height ?? height, width: wanted?.width ?? width };
}

async function decode(picture: Picture, shape: ImageShape, resize: boolean): Promise<Uint8Array> {
  const { channels, height, width } = shape;
  const opened = (await openPicture(picture)).flatten({ background: '#ffffff' });
  const sized = resize ? opened.resize(width, height, { fit: 'cover', kernel: 'cubic' }) : opened;
  const { data, info } = await sized
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(refuse(picture));
  if (info.width !== width || info.height !== height)
    throw new UserError(
      `${nameOf(picture)}: expected ${width} x ${height} pixels (width, height) as the first picture has, found ${info.width} x ${info.height}; set the image size, so that all are resized`,
    );
  if (info.channels !== channels)
    throw new UserError(
      `${nameOf(picture)}: expected ${channels} channels, found ${info.channels}; convert it to grey or RGB`,
    );
  return planes(data, channels);
}

/** Values pixel by pixel to values channel by channel. */
function planes(interleaved: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return interleaved;
  const size = interleaved.length / channels;
  const values = new Uint8Array(interleaved.length);
  for (let channel = 0; channel < channels; channel++)
    for (let pixel = 0; pixel < size; pixel++)
      values[channel * size + pixel] = interleaved[pixel * channels + channel] as number;
  return values;
}

async function openPicture(picture: Picture) {
  const { default: sharp } = await import('sharp');
  try {
    return sharp(typeof picture === 'string' ? picture : picture.bytes, { limitInputPixels: MOST_PIXELS });
  } catch (error) {
    // Bytes that are none at all are refused at once.
    return refuse(picture)(error as Error);
  }
}

const nameOf = (picture: Picture) => (typeof picture === 'string' ? picture : picture.name);

function refuse(picture: Picture) {
  return (error: Error): never => {
    throw new UserError(
      `${nameOf(picture)}: expected a picture (PNG, JPEG, WebP), found what cannot be decoded (${error.message.split('\n')[0]}); copy it again or leave it out`,
    );
  };
}
