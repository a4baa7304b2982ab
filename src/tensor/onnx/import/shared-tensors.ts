/**
 * Small tensors that were equal when a network was exported, and that PyTorch's newer exporter has stored once: the ones
 * and zeros of all its fresh LayerNorms, the biases of cloned layers. What each module uses becomes its own again.
 */
import { type HostTensor, sizeOf } from '../../graph/type.ts';
import type { OnnxModel } from './decode.ts';
import type { OnnxNode } from './onnx-graph.ts';
import type { StoredTensor } from './tensor-values.ts';
import { weightWord } from './weight-inputs.ts';

/** One use of a stored tensor by a module. */
interface ModuleUse {
  readonly node: OnnxNode;
  readonly index: number;
  readonly module: string;
}

/**
 * The same model, each of such tensors stored once for each module that uses it. Where the exporter tells no modules, or
 * different modules use a tensor for different things, it stays as it is: it is tied on purpose.
 */
export function separateShared(model: OnnxModel): OnnxModel {
  if (model.roles.size === 0) return model;
  const initialisers = new Map(model.initialisers);
  const roles = new Map(model.roles);
  const renamed = new Map<OnnxNode, Map<number, string>>();
  for (const tensor of model.initialisers.values())
    for (const [wanted, uses] of separateUses(model, tensor)) {
      let name = wanted;
      for (let number = 2; initialisers.has(name); number++) name = `${wanted}_${number}`;
      initialisers.set(name, { ...tensor, name, read: () => tensor.read() });
      const role = model.roles.get(tensor.name);
      if (role !== undefined) roles.set(name, role);
      for (const { node, index } of uses)
        renamed.set(node, new Map([...(renamed.get(node) ?? []), [index, name]]));
    }
  const nodes = model.nodes.map((node) => {
    const names = renamed.get(node);
    return names ? node.withInputs(node.inputs.map((input, index) => names.get(index) ?? input)) : node;
  });
  return { ...model, nodes, initialisers, roles };
}

/** The uses that get a copy of their own, by its name; the module that the tensor is named after keeps it. */
function separateUses(model: OnnxModel, tensor: StoredTensor): [string, ModuleUse[]][] {
  const role = model.roles.get(tensor.name);
  const isFloat = tensor.dtype === 'float32' || tensor.dtype === 'float64';
  if (!isFloat || sizeOf(tensor.shape) < 2 || (role !== undefined && role !== 'PARAMETER')) return [];
  const uses = model.nodes.flatMap((node) =>
    node.inputs.flatMap((name, index) =>
      name === tensor.name ? [{ node, index, module: node.scope.join('.') }] : [],
    ),
  );
  const groups = new Map<string, ModuleUse[]>();
  for (const use of uses) groups.set(use.module, [...(groups.get(use.module) ?? []), use]);
  if (groups.size < 2 || groups.has('') || !isShared(uses, tensor.read())) return [];
  const [[firstModule]] = [...groups] as [[string, ModuleUse[]]];
  const owner = [...groups.keys()].find((module) => tensor.name.startsWith(`${module}.`));
  const keeper = owner ?? firstModule;
  const partOf = (module: string) => {
    const [{ node, index }] = groups.get(module) as [ModuleUse];
    return `${node.opType} ${index}`;
  };
  return [...groups].flatMap(([module, group]): [string, ModuleUse[]][] => {
    if (module === keeper) return [];
    const [{ node, index }] = group as [ModuleUse];
    // A folded weight has no name that a module gave; it is named after its use later on.
    if (owner === undefined && role === undefined) return [[`${tensor.name}_copy`, group]];
    // A clone calls its parameter as the original does.
    const isClone = owner !== undefined && partOf(module) === partOf(owner);
    const word = isClone ? tensor.name.slice(owner.length + 1) : weightWord(node.opType, index);
    return [[`${module}.${word}`, group]];
  });
}

/** Whether uses in several modules come from equal values rather than from one parameter. */
function isShared(uses: readonly ModuleUse[], { data }: HostTensor): boolean {
  if (uses.some(({ node, index }) => node.opType === 'Gather' || weightWord(node.opType, index) === null))
    return false;
  const isUniform = (data as Float32Array).every((value) => value === data[0]);
  return isUniform || new Set(uses.map(({ node, index }) => `${node.opType} ${index}`)).size === 1;
}
