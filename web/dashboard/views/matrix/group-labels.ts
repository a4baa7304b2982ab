/** What heat maps write of groups of parameters. */
import { shortBlockNames } from '../../../../src/app/report/block-names.ts';
import type { GroupRecord } from '../../../../src/app/server/contract/records.ts';

/** Short names where a group is a single parameter; those of layers are short already. */
export function groupLabels(groups: readonly GroupRecord[]): string[] {
  const names = groups.map(({ name }) => name);
  const short = shortBlockNames(names);
  return names.map((name) => short.get(name) ?? name);
}
