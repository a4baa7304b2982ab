/** ResNet and VGG against what is known of torchvision's. */
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { measurableBlocks, selectBlocks } from '../../../src/network/blocks.ts';
import { create, listed, momentsOf } from './created.ts';

describe('sizes', () => {
  it.each([
    // torchvision's counts at 1,000 classes, num_params in the metadata of its weights.
    ['resnet18', 11_689_512],
    ['vgg16', 138_357_544],
    ['vgg16-bn', 138_365_992],
    // At ten classes: 3 x 3 x 3 instead of 7 x 7 x 3 at the stem, and a smaller head.
    ['resnet18-cifar', 11_689_512 - 64 * 3 * (49 - 9) - 513 * 990],
    // The thirteen convolutions of vgg16, their BatchNorms, and one linear layer of 512.
    ['vgg16-cifar', 14_714_688 + 2 * 4_224 + 513 * 10],
  ] as const)('%s has the parameters of its original', (name, count) => {
    const total = create(name).parameters.reduce(
      (sum, { shape }) => sum + shape.reduce((size, extent) => size * extent, 1),
      0,
    );
    expect(total).toBe(count);
  });

  it('vgg16 and vgg16-bn differ by a scale and a shift for each of 4,224 channels', () => {
    expect(listed(create('vgg16', {}, { norm: 'batch' }))).toEqual(listed(create('vgg16-bn')));
    expect(138_365_992 - 138_357_544).toBe(2 * 4_224);
  });

  it('the data say how many channels and classes there are', () => {
    const data = { imageShape: { channels: 3, height: 40, width: 36 }, classCount: 7 };
    expect(listed(create('resnet18-pico', data), 'conv1')).toEqual(['conv1.weight [4, 3, 3, 3]']);
    expect(listed(create('resnet18-pico', data), 'fc')).toEqual(['fc.weight [7, 32]', 'fc.bias [7]']);
    expect(listed(create('vgg16-pico', data), 'classifier.6')).toEqual([
      'classifier.6.weight [7, 64]',
      'classifier.6.bias [7]',
    ]);
  });
});

describe('names and shapes', () => {
  it("resnet18's are those of torchvision's state dictionary", () => {
    const model = create('resnet18');
    expect(model.parameters.length).toBe(62);
    expect(listed(model).slice(0, 3)).toEqual([
      'conv1.weight [64, 3, 7, 7]',
      'bn1.weight [64]',
      'bn1.bias [64]',
    ]);
    const convolutionAndNorms = (index: number, inputs: number) => [
      `layer2.${index}.conv1.weight [128, ${inputs}, 3, 3]`,
      `layer2.${index}.bn1.weight [128]`,
      `layer2.${index}.bn1.bias [128]`,
      `layer2.${index}.conv2.weight [128, 128, 3, 3]`,
      `layer2.${index}.bn2.weight [128]`,
      `layer2.${index}.bn2.bias [128]`,
    ];
    expect(listed(model, 'layer2')).toEqual([
      ...convolutionAndNorms(0, 64),
      'layer2.0.downsample.0.weight [128, 64, 1, 1]',
      'layer2.0.downsample.1.weight [128]',
      'layer2.0.downsample.1.bias [128]',
      ...convolutionAndNorms(1, 128),
    ]);
    expect(listed(model, 'layer1').filter((name) => name.includes('downsample'))).toEqual([]);
    expect(listed(model).slice(-2)).toEqual(['fc.weight [1000, 512]', 'fc.bias [1000]']);
  });

  it("vgg16's are those of torchvision's state dictionary", () => {
    const places = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
    const model = create('vgg16');
    expect(listed(model, 'features').filter((name) => name.includes('weight'))).toEqual(
      places.map((place, index) => {
        const widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];
        return `features.${place}.weight [${widths[index + 1]}, ${widths[index]}, 3, 3]`;
      }),
    );
    expect(listed(model, 'classifier')).toEqual([
      'classifier.0.weight [4096, 25088]',
      'classifier.0.bias [4096]',
      'classifier.3.weight [4096, 4096]',
      'classifier.3.bias [4096]',
      'classifier.6.weight [1000, 4096]',
      'classifier.6.bias [1000]',
    ]);
  });

  it("vgg16-bn's places count the BatchNorms", () => {
    expect(listed(create('vgg16-bn')).slice(0, 8)).toEqual([
      'features.0.weight [64, 3, 3, 3]',
      'features.0.bias [64]',
      'features.1.weight [64]',
      'features.1.bias [64]',
      'features.3.weight [64, 64, 3, 3]',
      'features.3.bias [64]',
      'features.4.weight [64]',
      'features.4.bias [64]',
    ]);
    expect(listed(create('vgg16-bn'), 'features.40')).toEqual([
      'features.40.weight [512, 512, 3, 3]',
      'features.40.bias [512]',
    ]);
  });
});

describe('initial values', () => {
  it.each([
    // Convolutions by what leaves them: variance 2 / (outputs times elements of the kernel).
    ['resnet18', 'conv1.weight', Math.sqrt(2 / (64 * 49))],
    ['resnet18', 'layer2.0.conv1.weight', Math.sqrt(2 / (128 * 9))],
    ['resnet18', 'layer3.0.downsample.0.weight', Math.sqrt(2 / 256)],
    ['vgg16', 'features.5.weight', Math.sqrt(2 / (128 * 9))],
    ['vgg16', 'classifier.6.weight', 0.01],
    // The deviation of PyTorch's own uniform law for linear layers is its bound over the root of 3.
    ['resnet18', 'fc.weight', 1 / Math.sqrt(3 * 512)],
    ['resnet18', 'fc.bias', 1 / Math.sqrt(3 * 512)],
  ] as const)('%s draws %s with deviation %f', (preset, name, expected) => {
    const { mean, deviation, count } = momentsOf(create(preset), name);
    // Five standard errors, which are largest where the values are normal.
    expect(Math.abs(mean)).toBeLessThan((5 * expected) / Math.sqrt(count));
    expect(Math.abs(deviation - expected)).toBeLessThan((5 * expected) / Math.sqrt(2 * count));
  });

  it('the linear layers of ResNet are uniform, those of VGG and all convolutions normal', () => {
    const kindOf = (preset: string, name: string) =>
      create(preset).parameters.find((spec) => spec.name === name)?.initial.kind;
    expect(kindOf('resnet18', 'fc.weight')).toBe('uniform');
    expect(kindOf('resnet18', 'layer1.0.conv1.weight')).toBe('normal');
    expect(kindOf('vgg16', 'classifier.0.weight')).toBe('normal');
  });

  it.each([
    ['resnet18', 'layer1.0.bn2.weight', 1],
    ['resnet18', 'layer2.0.downsample.1.bias', 0],
    ['vgg16-bn', 'features.1.weight', 1],
    ['vgg16', 'features.0.bias', 0],
    ['vgg16', 'classifier.3.bias', 0],
  ] as const)('%s starts %s at %f', (preset, name, value) => {
    const { mean, deviation } = momentsOf(create(preset), name);
    expect([mean, deviation]).toEqual([value, 0]);
  });
});

describe('blocks', () => {
  it('are all parameters but those of BatchNorm, and so are those of the paper', () => {
    for (const [name, norms] of [
      ['resnet18', 40],
      ['vgg16', 0],
      ['vgg16-bn', 26],
    ] as const) {
      const model = create(name);
      const blocks = measurableBlocks(model);
      expect(model.parameters.length - blocks.length).toBe(norms);
      expect(blocks.every(({ name }) => !/bn\d|downsample\.1/.test(name))).toBe(true);
      expect(selectBlocks(model, 'paper')).toEqual(blocks);
    }
  });

  it('are chosen by stage in ResNet and by layer in VGG', () => {
    const chosen = (name: string, selection: string) =>
      selectBlocks(create(name), selection).map((block) => block.name);
    expect(chosen('resnet18', 'layer:3')).toEqual(
      ['0.conv1', '0.conv2', '0.downsample.0', '1.conv1', '1.conv2'].map((part) => `layer3.${part}.weight`),
    );
    expect(chosen('vgg16', 'layer:14')).toEqual(['classifier.0.weight', 'classifier.0.bias']);
    expect(chosen('vgg16', 'kind:output')).toEqual(['classifier.6.weight']);
  });
});

describe('options', () => {
  it('a model with BatchNorm says whose statistics it takes', () => {
    for (const name of ['resnet18-pico', 'vgg16-bn']) {
      expect(create(name).options).toEqual({ norm: 'batch' });
      expect(create(name).notes?.join()).toContain('mean and variance of each micro-batch');
      expect(create(name, {}, { norm: 'running' }).notes?.join()).toContain('mean 0 and variance 1');
    }
    expect(create('vgg16').notes).toBeUndefined();
  });

  it.each([
    ['resnet18-pico', {}, { norm: 'none' }, /option 'norm': .*"batch"\|"running", found "none"/],
    [
      'vgg16-cifar',
      { imageShape: { channels: 1, height: 28, width: 28 }, classCount: 10 },
      {},
      /at least 32 x 32 pixels, .* found 28 x 28/,
    ],
    ['resnet18', { featureCount: 784, classCount: 10 }, {}, /takes pictures .* found 784 features/],
  ] as const)('%s refuses %j with %j in a sentence that helps', (name, data, options, message) => {
    const build = () => create(name, data, options);
    expect(build).toThrow(message);
    expect(build).toThrow(UserError);
  });
});
