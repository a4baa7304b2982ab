import { GraphBuilder, type InferType } from '../builder.ts';
import { type Graph, graphOf, type Node, type Output } from '../node.ts';
import { byteSize } from '../type.ts';
import { replay } from './rebuild.ts';

/** The name under which a value passes from one segment to later ones, where it is no output of the whole. */
function crossingName(node: Node): string {
  return `crossing.${node.id}`;
}

/** What a view of a crossing value is made from again, rather than crossing too. */
const VIEWS = new Set(['reshape', 'broadcast', 'constant']);

/**
 * Cuts a graph into segments that run one after the other: each reads inputs of the whole and results of earlier
 * segments, by name. An engine holds the results of one run twice, in its own memory and in the copies that it hands
 * out, so a graph of many outputs needs less memory in pieces.
 *
 * @param bytesPerSegment a segment ends when the outputs of the whole in it reach this size.
 * @returns graphs whose outputs together are those of the whole, and the values that cross (`crossing.<id>`).
 */
export function segmentGraph(graph: Graph, infer: InferType, bytesPerSegment: number): Graph[] {
  const segmentOf = assignSegments(graph, bytesPerSegment);
  const count = Math.max(0, ...segmentOf.values()) + 1;
  if (count === 1) return [graph];
  const names = new Map(graph.outputs.map(({ name, node }) => [node, name]));
  const crossing = crossingNodes(graph, segmentOf);
  return Array.from({ length: count }, (_, segment) => {
    const own = graph.nodes.filter((node) => segmentOf.get(node) === segment);
    const part = new SegmentBuilder(infer, own, names);
    const outputs = graph.outputs.filter(({ node }) => (segmentOf.get(node) ?? count - 1) === segment);
    const passedOn = own.filter((node) => crossing.has(node) && !names.has(node));
    return part.build(`${graph.name}, part ${segment + 1} of ${count}`, [
      ...outputs,
      ...passedOn.map((node) => ({ name: crossingName(node), node })),
    ]);
  });
}

/** Numbers the segment of each node that computes something; inputs and constants belong to none. */
function assignSegments(graph: Graph, bytesPerSegment: number): Map<Node, number> {
  const isOutput = new Set(graph.outputs.map(({ node }) => node));
  const segmentOf = new Map<Node, number>();
  let [segment, bytes] = [0, 0];
  for (const node of graph.nodes) {
    if (node.op === 'input' || node.op === 'constant') continue;
    segmentOf.set(node, segment);
    if (isOutput.has(node)) bytes += byteSize(node.type);
    if (bytes < bytesPerSegment) continue;
    segment++;
    bytes = 0;
  }
  return segmentOf;
}

/** The nodes that later segments read, views traced back to what they show. */
function crossingNodes(graph: Graph, segmentOf: ReadonlyMap<Node, number>): Set<Node> {
  const crossing = new Set<Node>();
  const mark = (node: Node) => {
    if (VIEWS.has(node.op)) node.inputs.forEach(mark);
    else if (node.op !== 'input') crossing.add(node);
  };
  for (const node of graph.nodes)
    for (const input of node.inputs) if (segmentOf.get(input) !== segmentOf.get(node)) mark(input);
  return crossing;
}

/** Builds one segment: its own nodes, with what comes from outside as inputs. */
class SegmentBuilder {
  private readonly builder: GraphBuilder;
  private readonly own: ReadonlySet<Node>;
  private readonly names: ReadonlyMap<Node, string>;
  private readonly placed = new Map<Node, Node>();
  private readonly inputs: Node[] = [];

  constructor(infer: InferType, own: readonly Node[], names: ReadonlyMap<Node, string>) {
    this.builder = new GraphBuilder(infer);
    this.own = new Set(own);
    this.names = names;
  }

  build(name: string, outputs: readonly Output[]): Graph {
    for (const node of this.own) this.place(node);
    const placed = outputs.map((output) => ({ name: output.name, node: this.place(output.node) }));
    return graphOf(name, this.inputs, placed);
  }

  private place(node: Node): Node {
    const known = this.placed.get(node);
    if (known) return known;
    const isMade = this.own.has(node) || VIEWS.has(node.op);
    const made = isMade
      ? replay(
          node,
          node.inputs.map((input) => this.place(input)),
          this.builder,
        )
      : this.enter(node);
    this.placed.set(node, made);
    return made;
  }

  private enter(node: Node): Node {
    const name =
      node.op === 'input' ? (node.attributes.name as string) : (this.names.get(node) ?? crossingName(node));
    const input = this.builder.input(name, node.type);
    this.inputs.push(input);
    return input;
  }
}
