import { join } from 'node:path';
import type { Claim } from '../../../study/claims.ts';
import type { Reproduction } from '../definition.ts';
import { readResult } from '../steps.ts';

const FOLDER = 'theory';

/** How steps grow with the condition number. */
export const table2: Reproduction = {
  name: 'table2',
  title: 'Table 2: the complexity of GD and Adam on block-diagonal quadratic problems',
  paper:
    'GD takes O(kappa) steps, Adam with beta2 = 1 O(r max kappa_l), and Adam with beta2 < 1 does not converge.',
  differs: ({ size }) =>
    `The paper proves it; here steps are counted against kappa with kappa_l held at 3${size === 'quick' ? ', five starts' : ', twenty starts'}. The statements of Section 3.2 are tried with it.`,
  steps: ({ size }) => [{ folder: FOLDER, args: ['theory', ...(size === 'quick' ? ['--quick'] : [])] }],
  conclude: async (_choices, folderOf) => {
    const { checks } = await readResult<{
      checks: readonly { name: string; claims: Claim[]; numbers: unknown }[];
    }>(join(folderOf(FOLDER), 'theory.json'), { checks: 'list' });
    const own = checks.find(({ name }) => name === 'table-2');
    const others = checks.filter(({ name }) => name !== 'table-2').flatMap(({ claims }) => claims);
    return {
      claims: [...(own?.claims ?? []), ...others],
      pictures: [
        {
          path: join(folderOf(FOLDER), 'quadrature-rules'),
          caption: 'Theorems 2 to 4: Gauss rules of a known measure',
        },
      ],
      found:
        'The statements of the theory as printed, and corrected where they cannot hold as printed, stand below the table’s own.',
      numbers: { table2: own?.numbers ?? null },
    };
  },
};
