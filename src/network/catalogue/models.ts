/** Pretrained models that can be fetched, each at one revision of its repository. */
import type { CatalogueEntry, RemoteFile } from './entry.ts';

const HUB = 'https://huggingface.co';

/** The files of a repository of Hugging Face at a revision, with sizes and hashes where they are known. */
function repository(
  name: string,
  revision: string,
  files: readonly Omit<RemoteFile, 'urls'>[],
): Pick<CatalogueEntry, 'homepage' | 'files'> {
  return {
    homepage: `${HUB}/${name}`,
    files: files.map((file) => ({ ...file, urls: [`${HUB}/${name}/resolve/${revision}/${file.name}`] })),
  };
}

export const PRETRAINED_MODELS: Readonly<Record<string, CatalogueEntry>> = {
  gpt2: {
    summary: 'GPT-2 small with its trained weights, 124M parameters, 548 MB',
    ...repository('openai-community/gpt2', '607a30d783dfa663caf39e06633721c8d4cfcd7e', [
      {
        name: 'config.json',
        bytes: 665,
        sha256: '0daed7749b4f02b8f76240d5444551d7b08712dab4d0adb8239c56ba823bb7b4',
      },
      {
        name: 'tokenizer.json',
        bytes: 1_355_256,
        sha256: '8414cab924d8b9b33013f0d221c5862f365ee9be39c5c2bfae8a5a9e970478a6',
      },
      {
        name: 'model.safetensors',
        bytes: 548_105_171,
        sha256: '248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707',
      },
    ]),
  },
  'bert-base-uncased': {
    summary: 'BERT base with its trained weights and both heads, 110M parameters, 440 MB',
    ...repository('google-bert/bert-base-uncased', '86b5e0934494bd15c9632b12f734a8a67f723594', [
      { name: 'config.json' },
      { name: 'tokenizer.json' },
      {
        name: 'model.safetensors',
        bytes: 440_449_768,
        sha256: '68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3',
      },
    ]),
  },
  'vit-base-patch16-224': {
    summary: 'ViT-base with its weights trained on ImageNet, 87M parameters, 346 MB',
    ...repository('google/vit-base-patch16-224', '3f49326eb077187dfe1c2a2bb15fbd74e6ab91e3', [
      { name: 'config.json' },
      { name: 'preprocessor_config.json' },
      { name: 'model.safetensors' },
    ]),
  },
};
