import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { kindOfSource, openDataset } from '../../../../src/network/data/index.ts';
import { bytesOf, fixture, labelsOf, refusal, temporaryPlace } from './places.ts';

const place = temporaryPlace();
const ONE = { batchSize: 1, microBatches: 1, normalise: false } as const;

/** Value of the fixtures' pictures, and of those made here. */
const value = (picture: number, channel: number, row: number, column: number) =>
  (40 * picture + 80 * channel + 10 * row + 3 * column) % 256;

/** A picture's values in the order channel, row, column. */
const planes = (picture: number, channels: number, height = 4, width = 6) =>
  Array.from({ length: channels * height * width }, (_, i) =>
    value(picture, Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width),
  );

/** The same picture as a PNG file. */
async function png(picture: number, channels: 1 | 3 | 4, height = 4, width = 6): Promise<Uint8Array> {
  const pixels = Buffer.alloc(channels * height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++)
        pixels[(row * width + column) * channels + channel] = value(picture, channel, row, column);
  const image = sharp(pixels, { raw: { width, height, channels } });
  return (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer();
}

describe('a folder of pictures', () => {
  it('has its folders as classes and deals their pictures in turn', async () => {
    await place.write('pets/dog/b.png', await png(1, 3));
    await place.write('pets/dog/a.png', await png(2, 3));
    await place.write('pets/dog/notes.txt', 'no picture');
    await place.write('pets/cat/z.PNG', await png(3, 3));
    await place.write('pets/README', 'no class');
    const source = place.path('pets');
    expect(await kindOfSource(source)).toBe('images');
    const data = await openDataset({ source, ...ONE, batchSize: 3 });
    expect(data).toMatchObject({
      classCount: 2,
      featureCount: 72,
      imageShape: { channels: 3, height: 4, width: 6 },
    });
    expect(labelsOf(data)).toEqual([0, 1, 1]);
    expect(bytesOf(data)).toEqual([...planes(3, 3), ...planes(2, 3), ...planes(1, 3)]);
  });

  it('decodes no more than is asked for', async () => {
    await place.write('lazy/a/1.png', 'no picture at all');
    await place.write('lazy/a/2.png', await png(4, 1));
    const source = place.path('lazy');
    const data = await openDataset({ source, ...ONE, offset: 1 });
    expect(bytesOf(data)).toEqual(planes(4, 1));
    expect(data).toMatchObject({ imageShape: { channels: 1 } });
    expect(await refusal({ source, ...ONE })).toMatch(
      /lazy\/a\/1\.png: expected a picture \(PNG, JPEG, WebP\)/,
    );
    expect(await refusal({ source, ...ONE, offset: 1, batchSize: 2 })).toMatch(/expected 2 images .*found 1/);
  });

  it('takes colour for what becomes grey and back as the model wants it', async () => {
    await place.write('mixed/a/1.png', await png(0, 1));
    await place.write('mixed/b/1.png', await png(0, 3));
    const source = place.path('mixed');
    const shape = { channels: 3, height: 4, width: 6 };
    const coloured = await openDataset({ source, ...ONE, imageInput: { shape, mean: [0], deviation: [1] } });
    const grey = planes(0, 1);
    expect(bytesOf(coloured)).toEqual([...grey, ...grey, ...grey]);
    const greyed = await openDataset({ source, ...ONE, batchSize: 2 });
    expect(greyed).toMatchObject({ imageShape: { channels: 1 }, featureCount: 24 });
  });

  it('makes what is transparent white', async () => {
    const clear = await sharp(Buffer.alloc(4 * 4), { raw: { width: 2, height: 2, channels: 4 } })
      .png()
      .toBuffer();
    await place.write('clear/a/1.png', clear);
    const data = await openDataset({ source: place.path('clear'), ...ONE });
    expect(bytesOf(data)).toEqual(Array(12).fill(255));
  });

  it('resizes pictures to cover the size asked for, and cuts around the middle', async () => {
    // A ramp of 8 from left to right stays a ramp under interpolation: after halving, each value is the mean of two.
    const [height, width] = [16, 32];
    const pixels = Buffer.from(Array.from({ length: height * width }, (_, i) => 8 * (i % width)));
    const ramp = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    await place.write('ramp/a/1.png', ramp);
    const data = await openDataset({
      source: place.path('ramp'),
      ...ONE,
      pictureShape: { height: 8, width: 8 },
    });
    expect(data).toMatchObject({ imageShape: { channels: 1, height: 8, width: 8 } });
    // The middle 8 of 16 columns, each 4 above the even one of the pair: 16 j + 4 for j = 4 to 11.
    const row = Array.from({ length: 8 }, (_, j) => 16 * (j + 4) + 4);
    for (const [index, byte] of bytesOf(data).entries())
      expect(Math.abs(byte - row[index % 8]!)).toBeLessThan(2);
  });

  it('refuses pictures of several sizes unless one is asked for', async () => {
    await place.write('sizes/a/1.png', await png(0, 1));
    await place.write('sizes/b/1.png', await png(0, 1, 5, 5));
    const source = place.path('sizes');
    expect(await refusal({ source, ...ONE, batchSize: 2 })).toMatch(
      /sizes\/b\/1\.png: expected 6 x 4 pixels .*found 5 x 5; set the image size/,
    );
    const data = await openDataset({ source, ...ONE, batchSize: 2, pictureShape: { height: 3, width: 3 } });
    expect(data.microBatch(0).tensors.images?.shape).toEqual([2, 9]);
  });

  it('may be parted in train and test', async () => {
    await place.write('parted/train/a/1.png', await png(1, 1));
    await place.write('parted/test/a/1.png', await png(2, 1));
    const source = place.path('parted');
    expect(bytesOf(await openDataset({ source, ...ONE }))).toEqual(planes(1, 1));
    expect(bytesOf(await openDataset({ source, ...ONE, split: 'test' }))).toEqual(planes(2, 1));
    expect(await refusal({ source: place.path('pets'), ...ONE, split: 'test' })).toContain(
      "leave 'split' out",
    );
  });

  it('refuses a class without pictures', async () => {
    await place.write('gap/a/1.png', await png(0, 1));
    await place.write('gap/b/notes.txt', '');
    expect(await refusal({ source: place.path('gap'), ...ONE })).toMatch(
      /gap\/b: expected pictures .*found none/,
    );
  });

  it('reads JPEG to within its compression', async () => {
    await place.write('jpeg/a/1.jpg', await readFile(fixture('smooth.jpg')));
    const data = await openDataset({ source: place.path('jpeg'), ...ONE });
    const expected = Array.from(
      { length: 3 * 16 * 24 },
      (_, i) => 10 + 50 * Math.floor(i / 384) + 4 * (Math.floor(i / 24) % 16) + 3 * (i % 24),
    );
    // Pillow, which wrote the file, decodes it to within 2; another decoder may round one step more.
    for (const [index, byte] of bytesOf(data).entries())
      expect(Math.abs(byte - expected[index]!)).toBeLessThan(4);
  });
});

describe('pictures in Parquet', () => {
  const source = fixture('pictures');

  it('are read over the files of a split, with the classes that the data set names', async () => {
    expect(await kindOfSource(source)).toBe('images');
    const data = await openDataset({ source, ...ONE, batchSize: 5 });
    expect(data).toMatchObject({ classCount: 4, imageShape: { channels: 3, height: 4, width: 6 } });
    expect(labelsOf(data)).toEqual([2, 0, 1, 2, 0]);
    expect(bytesOf(data)).toEqual([0, 1, 2, 3, 4].flatMap((picture) => planes(picture, 3)));
  });

  it('are read from an offset that lies in the second file', async () => {
    const data = await openDataset({ source, ...ONE, offset: 3, batchSize: 2 });
    expect(labelsOf(data)).toEqual([2, 0]);
    expect(bytesOf(data)).toEqual([...planes(3, 3), ...planes(4, 3)]);
  });

  it('may be bare bytes with classes in another column', async () => {
    const data = await openDataset({ source, ...ONE, split: 'test' });
    expect(data).toMatchObject({ classCount: 2, imageShape: { channels: 1 } });
    expect(bytesOf(data)).toEqual(planes(7, 1));
    expect(await refusal({ source, ...ONE, field: 'class' })).toMatch(
      /expected a column of classes, "class", found img, label; set 'field'/,
    );
  });
});

/** Records as CIFAR's binary files have them: record i has the class i mod classes and a picture of its own. */
function records(first: number, count: number, labelBytes: 1 | 2, classes: number): Uint8Array {
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => {
      const head = labelBytes === 1 ? [] : [99];
      return Buffer.from([...head, (first + i) % classes, ...planes(first + i, 3, 32, 32)]);
    }),
  );
}

describe("CIFAR's binary files", () => {
  it('are one row of records, whichever file they lie in', async () => {
    await place.write('cifar/data_batch_1.bin', records(0, 3, 1, 10));
    await place.write('cifar/data_batch_2.bin', records(3, 4, 1, 10));
    await place.write('cifar/test_batch.bin', records(9, 1, 1, 10));
    const source = place.path('cifar');
    expect(await kindOfSource(source)).toBe('images');
    const data = await openDataset({ source, ...ONE, offset: 2, batchSize: 2, microBatches: 2 });
    expect(data).toMatchObject({ classCount: 10, imageShape: { channels: 3, height: 32, width: 32 } });
    expect(labelsOf(data)).toEqual([2, 3]);
    expect(labelsOf(data, 1)).toEqual([4, 5]);
    expect(bytesOf(data)).toEqual([...planes(2, 3, 32, 32), ...planes(3, 3, 32, 32)]);
    expect(labelsOf(await openDataset({ source, ...ONE, split: 'test' }))).toEqual([9]);
    expect(await refusal({ source, ...ONE, batchSize: 8 })).toMatch(/expected 8 images .*found 7/);
    expect(await refusal({ source, ...ONE, pictureShape: { height: 8, width: 8 } })).toContain(
      'an image size does not apply',
    );
  });

  it('are standardised channel by channel', async () => {
    const data = await openDataset({
      source: place.path('cifar'),
      batchSize: 1,
      microBatches: 1,
      precision: 'float64',
    });
    const values = data.microBatch(0).tensors.images?.data as Float64Array;
    // torchvision's Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)) on the first value of each plane.
    expect(values[0]).toBeCloseTo((0 - 0.485) / 0.229, 12);
    expect(values[1024]).toBeCloseTo((80 / 255 - 0.456) / 0.224, 12);
    expect(values[2048]).toBeCloseTo((160 / 255 - 0.406) / 0.225, 12);
  });

  it('of CIFAR-100 have their fine class after the coarse one', async () => {
    await place.write('cifar100/train.bin', records(40, 2, 2, 100));
    await place.write('cifar100/fine_label_names.txt', '');
    const source = place.path('cifar100');
    const data = await openDataset({ source, ...ONE, batchSize: 2 });
    expect(data).toMatchObject({ classCount: 100 });
    expect(labelsOf(data)).toEqual([40, 41]);
    expect(await refusal({ source, ...ONE, split: 'test' })).toContain(
      'expected the test files of CIFAR-100',
    );
  });

  it('are refused when they are cut short, or hold a class that there is not', async () => {
    await place.write('short/data_batch_1.bin', records(0, 1, 1, 10).subarray(1));
    expect(await refusal({ source: place.path('short'), ...ONE })).toMatch(
      /data_batch_1\.bin: expected records of 3,073 bytes.*found 3,072/,
    );
    const odd = records(0, 1, 1, 10);
    odd[0] = 10;
    await place.write('odd/data_batch_1.bin', odd);
    expect(await refusal({ source: place.path('odd'), ...ONE })).toMatch(/classes from 0 to 9, found 10/);
  });
});

describe('a folder of none of these', () => {
  it('is refused with what was expected', async () => {
    await place.write('nothing/notes.md', '');
    expect(await refusal({ source: place.path('nothing'), ...ONE })).toMatch(
      /expected a folder with MNIST's IDX files, CIFAR's.*found notes\.md/,
    );
  });
});
