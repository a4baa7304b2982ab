/** Pictures that a command has drawn, as it left them. */
import { fileAddress } from '../api/client.ts';

export interface PicturesProps {
  readonly id: string;
  /** Paths without extension. */
  readonly pictures: readonly string[];
  /** A caption for each; its name unless given. */
  readonly captions?: Readonly<Record<string, string>>;
}

export function Pictures({ id, pictures, captions = {} }: PicturesProps) {
  if (pictures.length === 0) return null;
  return (
    <div class="pictures">
      {pictures.map((path) => (
        <figure key={path} class="figure">
          <img src={fileAddress(id, `${path}.svg`)} alt={captions[path] ?? path} loading="lazy" />
          <figcaption class="caption">
            {captions[path] ?? path} (<a href={fileAddress(id, `${path}.svg`)}>SVG</a>,{' '}
            <a href={fileAddress(id, `${path}.png`)}>PNG</a>)
          </figcaption>
        </figure>
      ))}
    </div>
  );
}
