/** The network drawn as its blocks, coloured by a measure; blocks are picked by clicking or with the arrow keys. */
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { formatCount, formatEstimate, formatNumber } from '../../src/app/report/format.ts';
import { kindLabel } from '../../src/app/report/theme.ts';
import type { BlockSummary } from '../../src/app/server/contract/entries.ts';
import { type ColourScheme, colourAt, type ValueScale } from '../charts/colour-scale.ts';
import { type MapLayout, mapLayout } from './map-layout.ts';
import type { BlockMeasure } from './measures.ts';

export interface BlockMapProps {
  readonly blocks: readonly BlockSummary[];
  readonly measure: BlockMeasure;
  readonly scale: ValueScale;
  readonly scheme: ColourScheme;
  /** Names of the blocks that are picked. */
  readonly picked: readonly string[];
  readonly onPick: (name: string, isAdded: boolean) => void;
}

/** Blocks of one kind in one layer that stand side by side. */
const CELLS_IN_A_LINE = 3;
/** Networks of so few columns are drawn larger. */
const FEW_COLUMNS = 7;

export function BlockMap({ blocks, measure, scale, scheme, picked, onPick }: BlockMapProps) {
  const layout = useMemo(() => mapLayout(blocks), [blocks]);
  const grid = useRef<HTMLTableElement>(null);
  const pointed = useSignal<BlockSummary | null>(null);
  // One block at a time is reached by the tab key; arrows lead to the others.
  const current = useSignal(picked[0] ?? blocks[0]?.name ?? null);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(layout, current.value, event.key);
    if (!next) return;
    event.preventDefault();
    current.value = next.name;
    grid.current?.querySelector<HTMLElement>(`[data-block="${CSS.escape(next.name)}"]`)?.focus();
  };
  const hasCurrent = blocks.some(({ name }) => name === current.value);
  return (
    <div class={`block-map ${layout.columns.length <= FEW_COLUMNS ? 'is-large' : ''}`}>
      <div class="scroll">
        <table ref={grid} onKeyDown={onKeyDown}>
          <thead>
            <tr>
              <td />
              {layout.columns.map(({ key, heading }) => (
                <th key={key} scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layout.rows.map((row) => (
              <tr key={row.kind}>
                <th scope="row">{row.label}</th>
                {row.cells.map((cell, column) => (
                  <td key={layout.columns[column]?.key}>
                    <span
                      class="block-cell"
                      style={{
                        gridTemplateColumns: `repeat(${Math.min(cell.length, CELLS_IN_A_LINE)}, 1fr)`,
                      }}
                    >
                      {cell.map((block) => (
                        <BlockButton
                          key={block.name}
                          block={block}
                          measure={measure}
                          scale={scale}
                          scheme={scheme}
                          isPicked={picked.includes(block.name)}
                          isReached={hasCurrent ? current.value === block.name : block === blocks[0]}
                          onPick={onPick}
                          onPoint={(pointedAt) => {
                            pointed.value = pointedAt;
                            if (pointedAt) current.value = pointedAt.name;
                          }}
                        />
                      ))}
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="chart-readout">
        {pointed.value
          ? describeBlock(pointed.value, measure)
          : 'Click a block for its spectrum; with Ctrl or Shift, add it to those picked.'}
      </p>
    </div>
  );
}

/** A block in words. */
export function describeBlock(block: BlockSummary, measure: BlockMeasure): string {
  const shape = `${block.shape.join(' × ')} = ${formatCount(block.size)}`;
  if (!block.isMeasured) return `${block.shortName} (${shape}): not measured`;
  const value = block.isZero
    ? 'zero: the loss does not depend on it'
    : `${measure.title} ${formatNumber(measure.of(block))}`;
  return `${block.shortName} (${shape}): ${value}; λ from ${formatEstimate(block.least)} to ${formatEstimate(block.largest)}`;
}

interface BlockButtonProps {
  readonly block: BlockSummary;
  readonly measure: BlockMeasure;
  readonly scale: ValueScale;
  readonly scheme: ColourScheme;
  readonly isPicked: boolean;
  readonly isReached: boolean;
  readonly onPick: BlockMapProps['onPick'];
  readonly onPoint: (block: BlockSummary | null) => void;
}

function BlockButton({
  block,
  measure,
  scale,
  scheme,
  isPicked,
  isReached,
  onPick,
  onPoint,
}: BlockButtonProps) {
  const share = block.isMeasured && !block.isZero ? scale.shareOf(measure.of(block)) : null;
  const colour = share === null ? undefined : `rgb(${colourAt(scheme, share).join(' ')})`;
  const words = useMemo(() => `${kindLabel(block.kind)}: ${describeBlock(block, measure)}`, [block, measure]);
  const state = block.isZero ? 'is-zero' : block.isMeasured ? '' : 'is-unmeasured';
  return (
    <button
      type="button"
      class={`block ${state}`}
      style={colour ? { backgroundColor: colour } : {}}
      data-block={block.name}
      tabIndex={isReached ? 0 : -1}
      aria-pressed={isPicked}
      aria-label={words}
      disabled={!block.isMeasured}
      onClick={(event) => onPick(block.name, event.ctrlKey || event.metaKey || event.shiftKey)}
      onMouseEnter={() => onPoint(block)}
      onMouseLeave={() => onPoint(null)}
      onFocus={() => onPoint(block)}
      onBlur={() => onPoint(null)}
    />
  );
}

/** The measured block that an arrow key leads to. */
function neighbour(layout: MapLayout, name: string | null, key: string): BlockSummary | null {
  const lines = layout.rows.map(({ cells }) =>
    cells.flatMap((cell, column) =>
      cell.filter(({ isMeasured }) => isMeasured).map((block) => ({ block, column })),
    ),
  );
  const row = lines.findIndex((line) => line.some(({ block }) => block.name === name));
  const at = lines[row]?.findIndex(({ block }) => block.name === name) ?? -1;
  const place = lines[row]?.[at];
  if (!place) return null;
  if (key === 'ArrowLeft') return lines[row]?.[at - 1]?.block ?? null;
  if (key === 'ArrowRight') return lines[row]?.[at + 1]?.block ?? null;
  const step = key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : 0;
  if (step === 0) return null;
  for (let next = row + step; next >= 0 && next < lines.length; next += step) {
    const line = lines[next] ?? [];
    const nearest = line.reduce<(typeof line)[number] | null>(
      (best, candidate) =>
        best === null || Math.abs(candidate.column - place.column) < Math.abs(best.column - place.column)
          ? candidate
          : best,
      null,
    );
    if (nearest) return nearest.block;
  }
  return null;
}
