/** Data sets that can be fetched. */
import type { CatalogueEntry, RemoteFile } from './entry.ts';

const MNIST_MIRRORS = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
] as const;

function mnistFile(name: string, bytes: number, sha256: string): RemoteFile {
  return { name, urls: [`${MNIST_MIRRORS[0]}${name}`, `${MNIST_MIRRORS[1]}${name}`], bytes, sha256 };
}

export const DATA_SETS: Readonly<Record<string, CatalogueEntry>> = {
  'tiny-shakespeare': {
    summary: '1.1 MB of Shakespeare, the text of nanoGPT and char-rnn',
    homepage: 'https://github.com/karpathy/char-rnn',
    files: [
      {
        name: 'input.txt',
        urls: ['https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt'],
        bytes: 1_115_394,
        sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
      },
    ],
    use: 'input.txt',
  },
  mnist: {
    summary: '70,000 handwritten digits of 28 x 28 pixels',
    homepage: 'http://yann.lecun.com/exdb/mnist/',
    files: [
      mnistFile(
        'train-images-idx3-ubyte.gz',
        9_912_422,
        '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      ),
      mnistFile(
        'train-labels-idx1-ubyte.gz',
        28_881,
        '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      ),
      mnistFile(
        't10k-images-idx3-ubyte.gz',
        1_648_877,
        '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      ),
      mnistFile(
        't10k-labels-idx1-ubyte.gz',
        4_542,
        'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      ),
    ],
  },
  cifar10: {
    summary: '60,000 colour images of 32 x 32 pixels in 10 classes',
    homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
        bytes: 170_052_171,
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
        archive: 'tar.gz',
      },
    ],
    use: 'cifar-10-batches-bin',
  },
  'openwebtext-sample': {
    summary: 'the first 10,000 documents of OpenWebText',
    homepage: 'https://huggingface.co/datasets/stas/openwebtext-10k',
    files: [
      {
        name: '0000.parquet',
        urls: [
          'https://huggingface.co/datasets/stas/openwebtext-10k/resolve/refs%2Fconvert%2Fparquet/plain_text/train/0000.parquet',
        ],
      },
    ],
    use: '0000.parquet',
  },
  'cornell-movie-dialogs': {
    summary: '220,579 exchanges between characters of films',
    homepage: 'https://www.cs.cornell.edu/~cristian/Cornell_Movie-Dialogs_Corpus.html',
    files: [
      {
        name: 'cornell_movie_dialogs_corpus.zip',
        urls: ['https://www.cs.cornell.edu/~cristian/data/cornell_movie_dialogs_corpus.zip'],
        sha256: '3bde8a571f615201bc2d2453e22878090719638592f774720eddec739de8c900',
        archive: 'zip',
      },
    ],
    use: 'cornell movie-dialogs corpus',
  },
};
