/** Which parameters make one block of an exact Hessian. */
import type { BlockKind, ParameterSpec } from '../../network/models/model.ts';
import { sizeOf } from '../../tensor/graph/type.ts';

export const GROUPINGS = ['parameter', 'layer', 'unit', 'paper'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** A part of a parameter: `size` elements from the place `from` on. */
export interface ParameterSlice {
  readonly parameter: ParameterSpec;
  readonly from: number;
  readonly size: number;
}

/** Elements that stand together, in the order of the matrix. */
export interface ParameterGroup {
  readonly name: string;
  readonly slices: readonly ParameterSlice[];
  /** Rows of the matrix: the first, and how many. */
  readonly start: number;
  readonly size: number;
}

/** D.2: "the parameters in Query and Key; Value and Projection; and MLP, respectively". */
const PAPER_GROUPS: Partial<Readonly<Record<BlockKind, string>>> = {
  query: 'query and key',
  key: 'query and key',
  value: 'value and projection',
  'attention-projection': 'value and projection',
  'mlp-fc': 'MLP',
  'mlp-projection': 'MLP',
};

/** Groups in the order in which their first elements stand. */
export function groupParameters(parameters: readonly ParameterSpec[], grouping: Grouping): ParameterGroup[] {
  const members = new Map<string, ParameterSlice[]>();
  for (const parameter of parameters)
    for (const { name, slice } of grouping === 'unit' ? unitsOf(parameter) : [wholeOf(parameter, grouping)])
      members.set(name, [...(members.get(name) ?? []), slice]);
  let start = 0;
  return [...members].map(([name, slices]) => {
    const size = slices.reduce((sum, slice) => sum + slice.size, 0);
    start += size;
    return { name, slices, start: start - size, size };
  });
}

interface NamedSlice {
  readonly name: string;
  readonly slice: ParameterSlice;
}

function wholeOf(parameter: ParameterSpec, grouping: Grouping): NamedSlice {
  return { name: groupOf(parameter, grouping), slice: { parameter, from: 0, size: sizeOf(parameter.shape) } };
}

/** Along the first axis, which counts the units of a layer: a unit's incoming weights, and its bias. */
function unitsOf(parameter: ParameterSpec): NamedSlice[] {
  const [count = 1, ...rest] = parameter.shape;
  const size = sizeOf(rest);
  const layer = parameter.name.replace(/\.[^.]*$/, '');
  return Array.from({ length: count }, (_, unit) => ({
    name: `${layer}, unit ${unit + 1}`,
    slice: { parameter, from: unit * size, size },
  }));
}

function groupOf({ name, kind, layer }: ParameterSpec, grouping: Grouping): string {
  if (grouping === 'parameter') return name;
  const common = grouping === 'paper' ? PAPER_GROUPS[kind] : 'all';
  if (layer === null || common === undefined) return name;
  return grouping === 'layer' ? `layer ${layer}` : `layer ${layer}, ${common}`;
}
