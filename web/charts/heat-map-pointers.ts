/** Mouse, pen and fingers on a heat map: pointing, choosing, dragging, the wheel, and two fingers that come nearer. */
import { useEffect, useRef } from 'preact/hooks';
import type { MatrixFrame } from './heat-map-paint.ts';
import { type Cell, cellAt, type MatrixView, movedView, pinchedView, zoomedView } from './heat-map-view.ts';

/** A press that moves further than this many pixels drags the picture, and chooses no cell. */
const DRAG_PIXELS = 4;

/** What becomes of what pointers do. */
export interface PointerActions {
  readonly look: (view: MatrixView) => void;
  readonly point: (cell: Cell | null) => void;
  readonly choose: (cell: Cell | null) => void;
}

/** Where the matrix lies on the canvas, and what of it is seen; they change while somebody points. */
export interface ShownMatrix {
  readonly frame: { readonly current: MatrixFrame };
  readonly view: { readonly current: MatrixView };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Pointers that are down, and what was seen when the last of them came or went. */
interface Gesture {
  readonly view: MatrixView;
  readonly from: ReadonlyMap<number, Place>;
}

/** Follows the pointers over the canvas for as long as it is there. */
export function usePointers(
  canvas: { readonly current: HTMLCanvasElement | null },
  shown: ShownMatrix,
  count: number,
  actions: PointerActions,
): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const gone = new AbortController();
    const pointers = new MatrixPointers(
      canvas.current as HTMLCanvasElement,
      shown,
      count,
      () => latest.current,
    );
    pointers.listen(gone.signal);
    return () => gone.abort();
  }, [count]);
}

class MatrixPointers {
  readonly #node: HTMLCanvasElement;
  readonly #shown: ShownMatrix;
  readonly #count: number;
  readonly #actions: () => PointerActions;
  readonly #down = new Map<number, Place>();
  #gesture: Gesture | null = null;
  #isDragged = false;

  constructor(node: HTMLCanvasElement, shown: ShownMatrix, count: number, actions: () => PointerActions) {
    this.#node = node;
    this.#shown = shown;
    this.#count = count;
    this.#actions = actions;
  }

  listen(signal: AbortSignal): void {
    const node = this.#node;
    node.addEventListener('wheel', (event) => this.#turn(event), { passive: false, signal });
    node.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    node.addEventListener('pointermove', (event) => this.#move(event), { signal });
    node.addEventListener('pointerup', (event) => this.#lift(event), { signal });
    node.addEventListener('pointercancel', (event) => this.#forget(event), { signal });
    node.addEventListener('pointerleave', () => this.#actions().point(null), { signal });
  }

  #turn(event: WheelEvent): void {
    // The page scrolls unless the picture has the focus or a key says that it is meant.
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== this.#node.parentElement) return;
    event.preventDefault();
    const { across, down } = this.#shares({ x: event.offsetX, y: event.offsetY });
    const factor = Math.exp(-event.deltaY / 300);
    this.#actions().look(zoomedView(this.#shown.view.current, this.#count, factor, across, down));
  }

  #press(event: PointerEvent): void {
    this.#node.setPointerCapture(event.pointerId);
    if (this.#down.size === 0) this.#isDragged = false;
    this.#down.set(event.pointerId, placeOf(event));
    // Two fingers choose nothing, however still they are.
    if (this.#down.size > 1) this.#isDragged = true;
    this.#begin();
  }

  #move(event: PointerEvent): void {
    if (!this.#down.has(event.pointerId)) {
      if (this.#down.size === 0) this.#actions().point(this.#cellUnder(placeOf(event)));
      return;
    }
    this.#down.set(event.pointerId, placeOf(event));
    const gesture = this.#gesture as Gesture;
    const [first, second] = [...this.#down].map(([id, to]) => ({ from: gesture.from.get(id) as Place, to }));
    if (first && second) this.#pinch(gesture, first, second);
    else if (first) this.#drag(gesture, first);
  }

  #drag({ view }: Gesture, { from, to }: Stroke): void {
    const [right, below] = [to.x - from.x, to.y - from.y];
    if (Math.hypot(right, below) > DRAG_PIXELS) this.#isDragged = true;
    if (!this.#isDragged) return;
    const { side } = this.#shown.frame.current;
    this.#actions().look(movedView(view, this.#count, -right / side, -below / side));
  }

  #pinch({ view }: Gesture, first: Stroke, second: Stroke): void {
    const [before, after] = [between(first.from, second.from), between(first.to, second.to)];
    if (before.apart === 0) return;
    const [from, to] = [this.#shares(before.middle), this.#shares(after.middle)];
    this.#actions().look(pinchedView(view, this.#count, after.apart / before.apart, from, to));
  }

  #lift(event: PointerEvent): void {
    const isAlone = this.#down.size === 1 && this.#down.has(event.pointerId);
    if (isAlone && !this.#isDragged) this.#actions().choose(this.#cellUnder(placeOf(event)));
    this.#forget(event);
  }

  #forget({ pointerId }: PointerEvent): void {
    this.#down.delete(pointerId);
    this.#begin();
  }

  /** What follows is told from how things are now. */
  #begin(): void {
    this.#gesture =
      this.#down.size === 0 ? null : { view: this.#shown.view.current, from: new Map(this.#down) };
  }

  #shares({ x, y }: Place): Shares {
    const { left, side } = this.#shown.frame.current;
    return { across: (x - left) / side, down: y / side };
  }

  #cellUnder(place: Place): Cell | null {
    const { across, down } = this.#shares(place);
    const isOutside = across < 0 || across >= 1 || down < 0 || down >= 1;
    return isOutside ? null : cellAt(this.#shown.view.current, this.#count, across, down);
  }
}

/** A place as shares of the matrix's side on the canvas. */
interface Shares {
  readonly across: number;
  readonly down: number;
}

/** From where to where a finger has gone. */
interface Stroke {
  readonly from: Place;
  readonly to: Place;
}

function placeOf({ offsetX, offsetY }: PointerEvent): Place {
  return { x: offsetX, y: offsetY };
}

function between(a: Place, b: Place): { readonly middle: Place; readonly apart: number } {
  return {
    middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    apart: Math.hypot(a.x - b.x, a.y - b.y),
  };
}
