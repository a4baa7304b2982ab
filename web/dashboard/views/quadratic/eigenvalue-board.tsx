/** Eigenvalues as dots on one logarithmic axis a block: dragged along it and from block to block, or moved by keys. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { formatNumber } from '../../../../src/app/report/format.ts';
import {
  type Blocks,
  eigenvalueAt,
  MOST_EIGENVALUES,
  moved,
  type Place,
  shareOf,
  withEigenvalue,
  without,
} from './playground-problem.ts';

const LANE_HEIGHT = 52;
const KEY_STEP = 0.02;
/** Dots nearer to one another than this share of the axis are stacked. */
const STACKED_WITHIN = 0.025;
const LEVEL_HEIGHT = 13;
const HIGHEST_LEVEL = 3;
/** Labels of the axis. */
const DECADES = [1, 10, 100, 1000, 10_000];

export interface EigenvalueBoardProps {
  readonly blocks: Blocks;
  readonly colours: readonly string[];
  readonly onChange: (blocks: Blocks) => void;
}

export function EigenvalueBoard({ blocks, colours, onChange }: EigenvalueBoardProps) {
  const board = useRef<HTMLDivElement>(null);
  const dragged = useSignal<Place | null>(null);
  const count = blocks.flat().length;

  const drag = (event: PointerEvent) => {
    const place = dragged.value;
    const box = board.current?.getBoundingClientRect();
    if (!place || !box) return;
    const lane = Math.min(
      blocks.length - 1,
      Math.max(0, Math.floor((event.clientY - box.top) / LANE_HEIGHT)),
    );
    const result = moved(blocks, place, lane);
    dragged.value = result.place;
    const eigenvalue = eigenvalueAt((event.clientX - box.left) / box.width);
    onChange(withEigenvalue(result.blocks, result.place, eigenvalue));
  };
  const focusOn = ({ block, index }: Place) =>
    requestAnimationFrame(() =>
      board.current?.querySelector<HTMLElement>(`[data-place="${block}-${index}"]`)?.focus(),
    );
  const onKeyDown = (event: KeyboardEvent, place: Place) => {
    const value = blocks[place.block]?.[place.index] ?? 1;
    const along = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    const across = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (along !== undefined) onChange(withEigenvalue(blocks, place, eigenvalueAt(shareOf(value) + along)));
    else if (across !== undefined) {
      const result = moved(blocks, place, place.block + across);
      onChange(result.blocks);
      focusOn(result.place);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      if (count > 1) onChange(without(blocks, place));
    } else return;
    event.preventDefault();
  };
  return (
    <div class="board-frame">
      <div
        class="board"
        ref={board}
        style={{ height: `${blocks.length * LANE_HEIGHT}px` }}
        onPointerMove={drag}
        onPointerUp={() => {
          dragged.value = null;
        }}
        onPointerCancel={() => {
          dragged.value = null;
        }}
      >
        {blocks.map((values, block) => (
          <div
            key={block}
            class="lane"
            style={{ top: `${block * LANE_HEIGHT}px`, height: `${LANE_HEIGHT}px` }}
          >
            <span class="lane-name">block {block + 1}</span>
            {values.map((value, index) => (
              <button
                key={index}
                type="button"
                class="eigenvalue"
                data-place={`${block}-${index}`}
                style={{
                  left: `${100 * shareOf(value)}%`,
                  bottom: `${levelOf(values, index) * LEVEL_HEIGHT - 12}px`,
                  backgroundColor: colours[block % colours.length],
                }}
                aria-label={`Eigenvalue ${formatNumber(value)} of block ${block + 1}; arrow keys move it, Delete removes it`}
                title={formatNumber(value)}
                onPointerDown={(event) => {
                  board.current?.setPointerCapture(event.pointerId);
                  dragged.value = { block, index };
                  event.currentTarget.focus();
                  event.preventDefault();
                }}
                onKeyDown={(event) => onKeyDown(event, { block, index })}
              />
            ))}
          </div>
        ))}
      </div>
      <div class="board-axis" aria-hidden="true">
        {DECADES.map((value) => (
          <span key={value} style={{ left: `${100 * shareOf(value)}%` }}>
            {value.toLocaleString('en')}
          </span>
        ))}
      </div>
      <div class="button-row">
        {blocks.map((values, block) => (
          <button
            key={block}
            type="button"
            class="button"
            disabled={count >= MOST_EIGENVALUES}
            onClick={() =>
              onChange(blocks.map((own, at) => (at === block ? [...values, eigenvalueAt(0.5)] : own)))
            }
          >
            Add to block {block + 1}
          </button>
        ))}
        <button
          type="button"
          class="button"
          disabled={count >= MOST_EIGENVALUES || blocks.length >= 6}
          onClick={() => onChange([...blocks, [eigenvalueAt(0.5)]])}
        >
          Add a block
        </button>
        {blocks.length > 1 && (
          <button type="button" class="button" onClick={() => onChange(blocks.slice(0, -1))}>
            Remove block {blocks.length}
          </button>
        )}
      </div>
    </div>
  );
}

/** How high a dot is stacked over those before it in its block. */
function levelOf(values: readonly number[], index: number): number {
  const share = shareOf(values[index] as number);
  const near = values.slice(0, index).filter((value) => Math.abs(shareOf(value) - share) < STACKED_WITHIN);
  return Math.min(near.length, HIGHEST_LEVEL);
}
