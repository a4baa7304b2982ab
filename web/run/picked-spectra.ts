/** The spectra that a run's view draws: which, in which colours, under which names. */
import { useMemo } from 'preact/hooks';
import type { Palette } from '../../src/app/report/theme.ts';
import type { SpectrumDetail, SpectrumNodes } from '../../src/app/server/contract/entries.ts';
import { type Resource, useResource } from '../parts/resource.ts';
import type { DrawnSpectrum } from '../spectra/density-figure.ts';
import type { RunSource } from './run-source.ts';

/** The whole matrix among the blocks. */
export const FULL = 'full';

/** The blocks that the reader has picked and that are there; the whole matrix, or the first block, when none is. */
export function pickedNames(detail: SpectrumDetail, asked: readonly string[]): string[] {
  const measured = [
    ...(detail.full?.isMeasured ? [FULL] : []),
    ...detail.blocks.filter(({ isMeasured }) => isMeasured).map(({ name }) => name),
  ];
  const known = asked.filter((name) => measured.includes(name));
  return known.length > 0 ? known : measured.slice(0, 1);
}

/** What a chart calls a block. */
export function shortNameOf(detail: SpectrumDetail, name: string): string {
  if (name === FULL) return 'whole Hessian';
  return detail.blocks.find((block) => block.name === name)?.shortName ?? name;
}

/** Nodes and weights of blocks by name, loaded when they are first asked for. */
export function useSpectra(source: RunSource, names: readonly string[]): Resource<SpectrumNodes[]> {
  const { id, version } = source;
  const key = names.length === 0 ? null : [id, version, ...names].join('\n');
  return useResource(id, key, () => source.spectra(names));
}

/** Spectra with a colour each; the palette's colours are used again, dashed, where there are more. */
export function useDrawn(
  detail: SpectrumDetail,
  spectra: readonly SpectrumNodes[] | null,
  names: readonly string[],
  { series, ink }: Palette,
): DrawnSpectrum[] {
  const key = names.join('\n');
  return useMemo(
    () =>
      key === ''
        ? []
        : key.split('\n').flatMap((name, index) => {
            const nodes = spectra?.find((spectrum) => spectrum.name === name);
            if (!nodes) return [];
            const colour = name === FULL ? ink : (series[index % series.length] as string);
            return [{ label: shortNameOf(detail, name), colour, isDashed: index >= series.length, nodes }];
          }),
    [detail, spectra, key, series, ink],
  );
}
