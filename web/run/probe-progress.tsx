/** How far each probe of each block has come. */
import type { BlockSummary, SpectrumDetail } from '../../src/app/server/contract/entries.ts';
import { Figure } from '../parts/figure.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';

export function ProbeProgress({ detail }: { readonly detail: SpectrumDetail }) {
  const { probes, steps } = detail.asked;
  const asked = detail.blocks.filter(({ isSelected }) => isSelected);
  const operators = [...asked, ...(detail.full ? [detail.full] : [])];
  return (
    <Figure
      title="Blocks and their probes"
      caption={`A square a probe, ${probes} for each block; filled as its ${steps} Lanczos steps are done.`}
    >
      <ScrollBox label="Progress by block and probe">
        <table class="probe-progress">
          <tbody>
            {operators.map((block) => (
              <tr key={block.name}>
                <th scope="row">{block.shortName}</th>
                <td>
                  <ProbeBars block={block} probes={probes} steps={steps} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Figure>
  );
}

interface ProbeBarsProps {
  readonly block: BlockSummary;
  readonly probes: number;
  readonly steps: number;
}

function ProbeBars({ block, probes, steps }: ProbeBarsProps) {
  const { isMeasured, method, probeSteps } = block;
  if (method === 'exact') return <span class="muted">{isMeasured ? 'exact' : ''}</span>;
  const shares = Array.from({ length: probes }, (_, probe) =>
    isMeasured ? 1 : Math.min(1, (probeSteps[probe] ?? 0) / steps),
  );
  const done = shares.filter((share) => share === 1).length;
  return (
    <span class="probe-bars" role="img" aria-label={`${done} of ${probes} probes done`}>
      {shares.map((share, probe) => (
        <span key={probe} class="probe">
          <span style={{ height: `${100 * share}%` }} />
        </span>
      ))}
    </span>
  );
}
