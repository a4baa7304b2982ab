/** The playground of quadratic problems: drag eigenvalues between blocks and watch GD and Adam. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { formatNumber } from '../../../../src/app/report/format.ts';
import type { QuadraticAnswer } from '../../../../src/app/server/contract/playground.ts';
import { useQuery } from '../../../page/address.ts';
import { palette } from '../../../page/appearance.ts';
import { usePageTitle } from '../../../page/page-title.ts';
import { Figure } from '../../../parts/figure.tsx';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { requestDescents } from '../../api/client.ts';
import { DescentFigure } from './descent-figure.tsx';
import { EigenvalueBoard } from './eigenvalue-board.tsx';
import { type Blocks, blocksText, EXAMPLES, parseBlocks } from './playground-problem.ts';

/** An answer is asked for when the eigenvalues have rested so long. */
const REST_MS = 120;

export default function PlaygroundView() {
  usePageTitle('Quadratic playground');
  const query = useQuery();
  const blocks = useSignal<Blocks>(
    parseBlocks(query.get('blocks')) ?? (EXAMPLES[0] as (typeof EXAMPLES)[number]).blocks,
  );
  const seed = Number(query.get('seed') ?? 0) || 0;
  const { answer, error } = useDescents(blocks.value, seed);
  const { series } = palette.value;
  const change = (next: Blocks) => {
    blocks.value = next;
  };
  useEffect(() => {
    const timer = setTimeout(() => query.change({ blocks: blocksText(blocks.value) }), 2 * REST_MS);
    return () => clearTimeout(timer);
  }, [blocks.value]);
  return (
    <section class="view">
      <div class="view-head">
        <h1>Quadratic playground</h1>
        <p class="muted">
          A loss ½ xᵀHx whose H has blocks with these eigenvalues, each rotated at random. Where blocks are
          unlike, one learning rate for all of them makes GD slow, and Adam is not; where they are alike, both
          are much the same.
        </p>
      </div>
      <div class="controls">
        {EXAMPLES.map((example) => (
          <button key={example.name} type="button" class="button" onClick={() => change(example.blocks)}>
            {example.name}
          </button>
        ))}
        <button type="button" class="button" onClick={() => query.change({ seed: String(seed + 1) })}>
          Another start
        </button>
      </div>
      <div class="figures even">
        <Figure
          title="Eigenvalues of each block"
          caption="Drag a dot along its axis to change the eigenvalue, or to another line to give it to another block; arrow keys do the same."
        >
          <EigenvalueBoard blocks={blocks.value} colours={series} onChange={change} />
          {answer && <MethodTable answer={answer} />}
        </Figure>
        <div>
          {error && (
            <p class="problem" role="alert">
              {error}
            </p>
          )}
          <DescentFigure title="Losses of GD and Adam" descents={answer?.methods ?? []} height={340} />
        </div>
      </div>
    </section>
  );
}

/** The answer to the last problem that has rested; while the next is on its way, the one before stays. */
function useDescents(blocks: Blocks, seed: number) {
  const answer = useSignal<QuadraticAnswer | null>(null);
  const error = useSignal<string | null>(null);
  const latest = useRef(0);
  useEffect(() => {
    const own = ++latest.current;
    const problem = blocks.filter((values) => values.length > 0).map((values) => [...values]);
    const timer = setTimeout(async () => {
      try {
        const next = await requestDescents({ blocks: problem, seed });
        if (own !== latest.current) return;
        answer.value = next;
        error.value = null;
      } catch (failure) {
        if (own === latest.current) error.value = (failure as Error).message;
      }
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [blocks, seed]);
  return { answer: answer.value, error: error.value };
}

function MethodTable({ answer }: { readonly answer: QuadraticAnswer }) {
  return (
    <>
      <p class="muted method-head">
        {answer.dim} variables, condition number {formatNumber(answer.conditionNumber)}.
      </p>
      <ScrollBox label="Methods in numbers">
        <table class="numbers">
          <thead>
            <tr>
              <th>method</th>
              <th class="number">best learning rate</th>
              <th class="number">steps to a millionth of the loss</th>
            </tr>
          </thead>
          <tbody>
            {answer.methods.map(({ name, title, rate, stepsToTarget, hasDiverged }) => (
              <tr key={name}>
                <td>{title}</td>
                <td class="number">{rate === null ? 'from the problem' : formatNumber(rate)}</td>
                <td class="number">
                  {hasDiverged ? 'diverged' : (stepsToTarget?.toLocaleString('en') ?? 'not reached')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}
