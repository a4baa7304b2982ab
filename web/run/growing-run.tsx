/** A measurement while it is under way: how far each probe has come, and the spectrum that settles. */
import { useQuery } from '../page/address.ts';
import { palette } from '../page/appearance.ts';
import { FULL, shortNameOf, useDrawn, useSpectra } from './picked-spectra.ts';
import { ProbeProgress } from './probe-progress.tsx';
import type { RunFiguresProps } from './run-figures.tsx';
import { SpectrumFigure } from './spectrum-figure.tsx';

/** The blocks as they fill up, and the spectrum of the one under way. */
export function GrowingRun({ detail, source }: RunFiguresProps) {
  const query = useQuery();
  const operators = [...detail.blocks, ...(detail.full ? [detail.full] : [])];
  // The block under way is the last that has begun.
  const begun = operators.filter(({ probeSteps, isMeasured }) => probeSteps.length > 0 || isMeasured);
  const name = begun.at(-1)?.name ?? null;
  const isFull = name !== null && name === detail.full?.name;
  const names = name === null ? [] : [isFull ? FULL : name];
  const spectra = useSpectra(source, names);
  const drawn = useDrawn(detail, spectra.value, names, palette.value);
  return (
    <div class="figures">
      <ProbeProgress detail={detail} />
      {name !== null && (
        <SpectrumFigure
          title={`As it settles: ${shortNameOf(detail, names[0] ?? '')}`}
          spectra={drawn}
          query={query}
          height={280}
        />
      )}
    </div>
  );
}
