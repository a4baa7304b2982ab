import type { Graph } from '../graph/node.ts';
import type { HostTensor } from '../graph/type.ts';

/** Tensors by the names of a graph's inputs or outputs. */
export type NamedTensors = Readonly<Record<string, HostTensor>>;

/** A graph made ready to run. */
export interface Executable {
  /** Names of the inputs that a run reads; feeding more is an error. */
  readonly inputNames: readonly string[];
  /**
   * Computes all outputs.
   * @param feeds a tensor for each input, of its type.
   * @throws when an input is missing or of another type, naming it.
   */
  run(feeds: NamedTensors): Promise<Record<string, HostTensor>>;
  /** Frees what the runtime holds for this graph; no run may follow. */
  release(): Promise<void>;
}

/** Something that runs graphs. */
export interface Engine {
  readonly name: string;
  compile(graph: Graph): Promise<Executable>;
}
