import type { Graph } from '../graph/node.ts';
import type { HostTensor, TensorType } from '../graph/type.ts';

/** Tensors by the names of a graph's inputs or outputs. */
export type NamedTensors = Readonly<Record<string, HostTensor>>;

/**
 * A tensor in an engine's own form, on the device where it computes. Only its type is known outside, and only graphs on
 * the same device take it.
 */
export interface KeptTensor extends TensorType {
  /** Frees it; feeding it afterwards throws. What is dropped and not freed stays on the device. */
  release(): void;
}

/** What graphs are fed: a tensor of the host's, or one that the engine kept. */
export type EngineTensor = HostTensor | KeptTensor;

/** What a run reads, by the names of a graph's inputs. */
export type Feeds = Readonly<Record<string, EngineTensor>>;

/** A graph made ready to run. */
export interface Executable<Result extends EngineTensor = HostTensor> {
  /** Names of the inputs that a run reads; feeding more is an error. */
  readonly inputNames: readonly string[];
  /**
   * Computes all outputs.
   * @param feeds a tensor for each input, of its type.
   * @throws when an input is missing or of another type, naming it.
   */
  run(feeds: Feeds): Promise<Record<string, Result>>;
  /** Frees what the runtime holds for this graph; no run may follow. */
  release(): Promise<void>;
}

/** Something that runs graphs. */
export interface Engine {
  readonly name: string;
  /** Makes a graph ready; its results come to the host. */
  compile(graph: Graph): Promise<Executable>;
  /**
   * As `compile`, but the outputs named in `kept` stay where the engine computes, for other graphs to read without a
   * copy. An engine that computes on the host may give them as host tensors.
   */
  compileKeeping(graph: Graph, kept: readonly string[]): Promise<Executable<EngineTensor>>;
}
