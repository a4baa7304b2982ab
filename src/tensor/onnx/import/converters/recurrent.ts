/** Recurrent layers, written out step by step. */
import type { Node } from '../../../graph/node.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';

/** The weights of one direction, each without its leading axis. */
interface Direction {
  /** [gates * hidden, inputs]. */
  readonly weight: Node;
  /** [gates * hidden, hidden]. */
  readonly recurrence: Node;
  /** Biases of inputs and recurrence, [gates * hidden] each; null for none. */
  readonly biases: readonly [Node, Node] | null;
  readonly reverse: boolean;
}

/** The state between two steps: [batch, hidden] each; the first one is the layer's output. */
type State = readonly Node[];

/** One step: the input's products with its weights [batch, gates * hidden] and the last state to the next. */
type Step = (call: Call, direction: Direction, fed: Node, state: State, hidden: number) => State;

interface Cell {
  readonly gates: number;
  readonly states: number;
  readonly activations: readonly string[];
  readonly step: Step;
}

/** Part `index` of the last axis, which holds `hidden` numbers for each gate. */
const gate = ({ b }: Call, x: Node, index: number, hidden: number) =>
  b.sliceAxis(x, -1, index * hidden, (index + 1) * hidden);

const recur = ({ b }: Call, { recurrence, biases }: Direction, state: Node): Node => {
  const product = b.matmul(state, recurrence, false, true);
  return biases ? b.add(product, biases[1]) : product;
};

/** Gates in ONNX's order: input, output, forget, cell. */
const lstmStep: Step = (call, direction, fed, [h, c], hidden) => {
  const { b } = call;
  const sums = b.add(fed, recur(call, direction, h as Node));
  const [input, output, forget] = [0, 1, 2].map((i) => b.sigmoid(gate(call, sums, i, hidden))) as [
    Node,
    Node,
    Node,
  ];
  const candidate = b.tanh(gate(call, sums, 3, hidden));
  const cell = b.add(b.mul(forget, c as Node), b.mul(input, candidate));
  return [b.mul(output, b.tanh(cell)), cell];
};

/** Gates in ONNX's order: update, reset, hidden. */
const gruStep: Step = (call, direction, fed, [h], hidden) => {
  const { b, node } = call;
  const last = h as Node;
  const isResetLate = node.int('linear_before_reset', 0) === 1;
  const recurred = recur(call, direction, last);
  const [update, reset] = [0, 1].map((i) =>
    b.sigmoid(b.add(gate(call, fed, i, hidden), gate(call, recurred, i, hidden))),
  ) as [Node, Node];
  const remembered = isResetLate
    ? b.mul(reset, gate(call, recurred, 2, hidden))
    : resetFirst(call, direction, b.mul(reset, last), hidden);
  const candidate = b.tanh(b.add(gate(call, fed, 2, hidden), remembered));
  return [b.add(candidate, b.mul(update, b.sub(last, candidate)))];
};

function resetFirst(call: Call, { recurrence, biases }: Direction, state: Node, hidden: number): Node {
  const { b } = call;
  const product = b.matmul(state, b.sliceAxis(recurrence, 0, 2 * hidden, 3 * hidden), false, true);
  return biases ? b.add(product, gate(call, biases[1], 2, hidden)) : product;
}

const rnnStep: Step = (call, direction, fed, [h]) => {
  const { b, node } = call;
  const sum = b.add(fed, recur(call, direction, h as Node));
  const [activation = 'Tanh'] = node.texts('activations') ?? [];
  if (activation === 'Relu') return [b.relu(sum)];
  return [activation === 'Sigmoid' ? b.sigmoid(sum) : b.tanh(sum)];
};

/** Each step becomes some twenty nodes, which take as much as so many elements. */
const ELEMENTS_OF_STEP = 2 ** 10;

const LSTM: Cell = { gates: 4, states: 2, activations: ['Sigmoid', 'Tanh', 'Tanh'], step: lstmStep };
const GRU: Cell = { gates: 3, states: 1, activations: ['Sigmoid', 'Tanh'], step: gruStep };
const RNN: Cell = { gates: 1, states: 1, activations: [], step: rnnStep };

function checkForm(call: Call, cell: Cell, steps: number): void {
  const { node } = call;
  const activations = node.texts('activations');
  const usual = cell.activations;
  if (usual.length > 0 && activations?.some((name, i) => name !== usual[i % usual.length]))
    call.fail(`expected the activations ${usual.join(', ')}, found ${activations.join(', ')}`);
  if (node.has('clip')) call.fail('expected no clipping, found some');
  if (call.optional(7)) call.fail('expected no peepholes, found some');
  if (node.int('input_forget', 0) === 1) call.fail('expected input_forget 0, found 1');
  if (call.optional(4) && call.numbers(4).some((length) => length !== steps))
    call.fail(`expected sequences of full length, found lengths that differ from ${steps}`);
}

/**
 * x [steps, batch, inputs] (batch first with layout 1) through one layer in one or both directions.
 * @returns Y [steps, directions, batch, hidden] and the last states [directions, batch, hidden].
 */
function recurrent(call: Call, cell: Cell): Node[] {
  const { b, node } = call;
  const isBatchFirst = node.int('layout', 0) === 1;
  const x = isBatchFirst ? b.transpose(call.input(0), [1, 0, 2]) : call.input(0);
  const [steps, batch] = x.type.shape as [number, number];
  checkForm(call, cell, steps);
  call.claim(ELEMENTS_OF_STEP * steps);
  const hidden = call.shape(2)[2] as number;
  const count = call.shape(1)[0] as number;
  const runs = Array.from({ length: count }, (_, index) => {
    const direction = directionOf(call, cell, index, hidden);
    const initial = Array.from({ length: cell.states }, (__, i) =>
      initialState(call, 5 + i, index, batch, hidden),
    );
    return run(call, cell, direction, x, initial, hidden);
  });
  const sequence = Array.from({ length: steps }, (_, step) =>
    b.concat(
      runs.map(({ outputs }) => b.reshape(outputs[step] as Node, [1, 1, batch, hidden])),
      1,
    ),
  );
  const y = b.concat(sequence, 0);
  const last = Array.from({ length: cell.states }, (_, i) =>
    b.concat(
      runs.map(({ state }) => b.reshape(state[i] as Node, [1, batch, hidden])),
      0,
    ),
  );
  if (!isBatchFirst) return [y, ...last];
  return [b.transpose(y, [2, 0, 1, 3]), ...last.map((state) => b.transpose(state, [1, 0, 2]))];
}

function directionOf(call: Call, { gates }: Cell, index: number, hidden: number): Direction {
  const { b, node } = call;
  const part = (input: Node) => {
    const piece = b.sliceAxis(input, 0, index, index + 1);
    return b.reshape(piece, input.type.shape.slice(1));
  };
  const biases = call.optional(3);
  const size = gates * hidden;
  const pair = biases ? part(biases) : null;
  return {
    weight: part(call.input(1)),
    recurrence: part(call.input(2)),
    biases: pair ? [b.sliceAxis(pair, 0, 0, size), b.sliceAxis(pair, 0, size, 2 * size)] : null,
    reverse: index === 1 || node.text('direction', 'forward') === 'reverse',
  };
}

function initialState(call: Call, input: number, direction: number, batch: number, hidden: number): Node {
  const { b, node } = call;
  const given = call.optional(input);
  if (!given) return b.broadcast(call.scalar(0), [batch, hidden]);
  const axis = node.int('layout', 0) === 1 ? 1 : 0;
  return b.reshape(b.sliceAxis(given, axis, direction, direction + 1), [batch, hidden]);
}

function run(
  call: Call,
  cell: Cell,
  direction: Direction,
  x: Node,
  initial: State,
  hidden: number,
): { outputs: Node[]; state: State } {
  const { b } = call;
  const [steps, batch, inputs] = x.type.shape as [number, number, number];
  // All steps are fed at once; only the recurrence waits for the step before.
  const products = b.matmul(b.reshape(x, [steps * batch, inputs]), direction.weight, false, true);
  const fed = direction.biases ? b.add(products, direction.biases[0]) : products;
  const outputs = new Array<Node>(steps);
  let state = initial;
  for (let i = 0; i < steps; i++) {
    const step = direction.reverse ? steps - 1 - i : i;
    const rows = b.sliceAxis(fed, 0, step * batch, (step + 1) * batch);
    state = cell.step(call, direction, rows, state, hidden);
    outputs[step] = state[0] as Node;
  }
  return { outputs, state };
}

const LIMITS = 'usual activations, sequences of full length, no clipping, no peepholes';

export const RECURRENT: ConverterTable = {
  LSTM: { since: 7, limits: LIMITS, convert: (call) => recurrent(call, LSTM) },
  GRU: { since: 7, limits: LIMITS, convert: (call) => recurrent(call, GRU) },
  RNN: { since: 7, limits: LIMITS, convert: (call) => recurrent(call, RNN) },
};
