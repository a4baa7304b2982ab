/** Which parameters make one block of an exact Hessian. */
import type { BlockKind, ParameterSpec } from '../../network/models/model.ts';
import { sizeOf } from '../../tensor/graph/type.ts';

export const GROUPINGS = ['parameter', 'layer', 'paper'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Parameters that stand together, in the order of the matrix. */
export interface ParameterGroup {
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
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

/** Groups in the order in which their first parameters stand. */
export function groupParameters(parameters: readonly ParameterSpec[], grouping: Grouping): ParameterGroup[] {
  const members = new Map<string, ParameterSpec[]>();
  for (const parameter of parameters) {
    const name = groupOf(parameter, grouping);
    members.set(name, [...(members.get(name) ?? []), parameter]);
  }
  let start = 0;
  return [...members].map(([name, group]) => {
    const size = group.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    start += size;
    return { name, parameters: group, start: start - size, size };
  });
}

function groupOf({ name, kind, layer }: ParameterSpec, grouping: Grouping): string {
  if (grouping === 'parameter') return name;
  const common = grouping === 'paper' ? PAPER_GROUPS[kind] : 'all';
  if (layer === null || common === undefined) return name;
  return grouping === 'layer' ? `layer ${layer}` : `layer ${layer}, ${common}`;
}
