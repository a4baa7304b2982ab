/** Advice before training, as a page that can be shown to a colleague. */
import { Link } from 'wouter-preact';
import { formatDuration, formatEstimate, formatNumber } from '../../../../src/app/report/format.ts';
import type { AdviceRecord } from '../../../../src/app/server/contract/records.ts';
import { entryHref } from '../../../page/address.ts';
import { usePageTitle } from '../../../page/page-title.ts';
import { useResource } from '../../../parts/resource.ts';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { Waiting } from '../../../parts/words.tsx';
import { fetchAdvice } from '../../api/client.ts';
import { versionOf } from '../../api/live.ts';
import { ForecastStrip } from './forecast-strip.tsx';
import { percentWords } from './percent-words.ts';

/** Blocks of a group that are named. */
const NAMED = 4;

export default function AdviceView({ id }: { readonly id: string }) {
  const advice = useResource(id, `${id} ${versionOf(id)}`, () => fetchAdvice(id));
  if (advice.value === null)
    return (
      <section class="view">
        <Waiting error={advice.error} what="the advice" />
      </section>
    );
  return <Advice id={id} advice={advice.value} />;
}

/** The verdict as an answer to the question. */
function answerWords(verdict: string): string {
  if (verdict === 'undecided') return 'The measurement does not decide.';
  return `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}.`;
}

function Advice({ id, advice }: { readonly id: string; readonly advice: AdviceRecord }) {
  const { model, data, verdict, doubts, js0, noiseFloor, forecast, caveat, cost } = advice;
  const [least = 0, largest = 0] = forecast.interval;
  usePageTitle(`Advice for ${model.name}`);
  return (
    <section class="view">
      <div class="view-head">
        <p class="muted">Advice before training: will SGD do, or is Adam needed?</p>
        <h1>
          {model.name}: {answerWords(verdict)}
        </h1>
        <p class="muted">{data.description}</p>
        <p class="view-links">
          <Link href={entryHref(id)}>The run that it comes from</Link>
        </p>
      </div>
      <div class="reading">
        {doubts.length > 0 && (
          <ul class="doubts">
            {doubts.map((doubt) => (
              <li key={doubt}>{doubt}</li>
            ))}
          </ul>
        )}
        <p class="lead">
          SGD at its best is expected to miss {percentWords(forecast.expectedGap)} of the fall in loss that
          AdamW reaches, and in most cases between {percentWords(least)} and {percentWords(largest)}.
        </p>
        <p>
          The blocks’ spectra differ by JS0 = {formatEstimate(js0)} nats
          {noiseFloor === null
            ? ''
            : `, where spectra of one block differ by ${formatNumber(noiseFloor)} by chance`}
          . The forecast compares that with networks that were measured and trained.
        </p>
        <ForecastStrip forecast={forecast} />
        <Nearest advice={advice} />
        <Deviating advice={advice} />
        <Groups advice={advice} />
        <h2>What this does not say</h2>
        <p>{caveat}</p>
        <p class="muted">
          The answer took {formatDuration(cost.elapsedMs)} and {cost.products.toLocaleString('en')} products.
          Trying both optimizers with {cost.rates} learning rates of {cost.steps} steps would take{' '}
          {cost.gradientsToTry.toLocaleString('en')} gradients, each of about a product’s cost.
        </p>
      </div>
    </section>
  );
}

function Nearest({ advice }: { readonly advice: AdviceRecord }) {
  return (
    <>
      <h2>Nearest networks that were trained</h2>
      <ScrollBox label="Nearest networks">
        <table class="numbers">
          <thead>
            <tr>
              <th>network</th>
              <th>data</th>
              <th class="number">JS0, nats</th>
              <th class="number">gap of SGD</th>
            </tr>
          </thead>
          <tbody>
            {advice.forecast.nearest.map(({ name, data, js0, relativeGap }) => (
              <tr key={`${name} ${data} ${js0}`}>
                <td>{name}</td>
                <td>{data}</td>
                <td class="number">{formatNumber(js0)}</td>
                <td class="number">{percentWords(relativeGap)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}

function Deviating({ advice }: { readonly advice: AdviceRecord }) {
  return (
    <>
      <h2>Blocks that differ most</h2>
      <ScrollBox label="Blocks that differ most">
        <table class="numbers">
          <thead>
            <tr>
              <th>block</th>
              <th class="number">mean distance, nats</th>
              <th class="number">largest λ ÷ median</th>
            </tr>
          </thead>
          <tbody>
            {advice.deviating.map(({ name, meanDistance, scaleRatio }) => (
              <tr key={name}>
                <td>{name}</td>
                <td class="number">{formatNumber(meanDistance)}</td>
                <td class="number">{formatNumber(scaleRatio)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}

function Groups({ advice }: { readonly advice: AdviceRecord }) {
  return (
    <>
      <h2>Groups that can share a learning rate</h2>
      <p class="muted">By this factor the common learning rate of SGD is multiplied in each group.</p>
      <ScrollBox label="Groups of blocks">
        <table class="numbers">
          <thead>
            <tr>
              <th class="number">factor</th>
              <th class="number">blocks</th>
              <th>among them</th>
            </tr>
          </thead>
          <tbody>
            {advice.groups.map(({ blocks, factor }) => (
              <tr key={blocks.join()}>
                <td class="number">{formatNumber(factor)}</td>
                <td class="number">{blocks.length}</td>
                <td class="wrapped" title={blocks.join('\n')}>
                  {blocks.slice(0, NAMED).join(', ')}
                  {blocks.length > NAMED && ', …'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}
