/** The models of the page: presets that are small enough for a browser and read what the page has. */

/** A preset with what it is in a few words. */
export interface OfferedModel {
  readonly name: string;
  readonly reads: 'text' | 'digits';
  readonly summary: string;
  /** Examples in a micro-batch unless the reader chooses. */
  readonly batch: number;
}

/**
 * Models that read GPT-2's or BERT's tokens are left out for their tables of several megabytes, larger ones for the time
 * that they would take.
 */
export const OFFERED_MODELS: readonly OfferedModel[] = [
  { name: 'gpt-pico', reads: 'text', summary: 'a decoder of 2 layers, width 64', batch: 2 },
  { name: 'gpt-tiny', reads: 'text', summary: 'a decoder of width 4, the paper’s smallest', batch: 8 },
  { name: 'mlp', reads: 'digits', summary: 'the paper’s 4-layer perceptron', batch: 8 },
  { name: 'vit-pico', reads: 'digits', summary: 'a vision transformer of 2 layers', batch: 4 },
  { name: 'mixer-pico', reads: 'digits', summary: 'an MLP-Mixer of 2 layers', batch: 4 },
  { name: 'bert-pico', reads: 'text', summary: 'an encoder that finds masked characters', batch: 2 },
  { name: 'mamba-pico', reads: 'text', summary: 'a selective state space model', batch: 2 },
  { name: 'resnet18-pico', reads: 'digits', summary: 'a narrow ResNet of 18 layers', batch: 4 },
  { name: 'vgg16-pico', reads: 'digits', summary: 'a narrow VGG of 16 layers', batch: 4 },
];

/** The model that is chosen when the page is opened. */
export const FIRST_MODEL = OFFERED_MODELS[0] as OfferedModel;

/** The offered model of a name; undefined for others. */
export function offeredModel(name: string): OfferedModel | undefined {
  return OFFERED_MODELS.find((model) => model.name === name);
}
