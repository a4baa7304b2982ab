/** Starts a run from the page; for a measurement the planner's time and memory come first. */
import { useSignal } from '@preact/signals';
import { useLocation } from 'wouter-preact';
import { formatBytes, formatDuration, formatNumber } from '../../../../src/app/report/format.ts';
import type { ForecastAnswer, Form, Job } from '../../../../src/app/server/contract/jobs.ts';
import { chosenWord, useQuery } from '../../../page/address.ts';
import { usePageTitle } from '../../../page/page-title.ts';
import { Segments, WordList } from '../../../parts/choices.tsx';
import { useResource } from '../../../parts/resource.ts';
import { Waiting } from '../../../parts/words.tsx';
import { fetchForm, requestForecast, startJob } from '../../api/client.ts';
import { rememberJob } from '../../api/live.ts';
import { ChoiceField, type ChoiceValue } from './choice-field.tsx';
import { chosenInput, fieldsOf } from './form-fields.ts';

export default function StartView() {
  usePageTitle('New run');
  const form = useResource('form', 'form', fetchForm);
  return (
    <section class="view">
      <div class="view-head">
        <h1>New run</h1>
        <p class="muted">It runs on this machine, in the folder that this page shows.</p>
      </div>
      {form.value ? <StartForm form={form.value} /> : <Waiting error={form.error} what="the form" />}
    </section>
  );
}

const KINDS = ['spectrum', 'training'] as const satisfies readonly Job['kind'][];

function StartForm({ form }: { readonly form: Form }) {
  const query = useQuery();
  const [, navigate] = useLocation();
  const kind = chosenWord(query, 'kind', KINDS);
  const usual = form.choices.find(({ key }) => key === 'model')?.default;
  const model = form.models.find(({ name }) => name === (query.get('model') ?? usual)) ?? form.models[0];
  const values = useSignal<Readonly<Record<string, ChoiceValue>>>({});
  const forecast = useSignal<ForecastAnswer | null>(null);
  const error = useSignal<string | null>(null);
  const isBusy = useSignal<'forecast' | 'start' | null>(null);
  const { shown, more, data } = fieldsOf(form, kind, model);
  const chosenData = data.find(({ name }) => name === query.get('data'))?.name ?? '';
  const input = () => chosenInput(values.value, { model: model?.name ?? '', data: chosenData });
  const attempt = async (name: 'forecast' | 'start', work: () => Promise<void>) => {
    isBusy.value = name;
    error.value = null;
    try {
      await work();
    } catch (failure) {
      error.value = (failure as Error).message;
    }
    isBusy.value = null;
  };
  const change = (key: string, value: ChoiceValue) => {
    values.value = { ...values.value, [key]: value };
    forecast.value = null;
  };
  const foresee = () =>
    attempt('forecast', async () => {
      forecast.value = null;
      forecast.value = await requestForecast(input());
    });
  const start = () =>
    attempt('start', async () => {
      rememberJob(await startJob({ kind, input: input() }));
      navigate('/live');
    });
  return (
    <form
      class="start-form"
      onSubmit={(event) => {
        event.preventDefault();
        void (kind === 'spectrum' && !forecast.value ? foresee() : start());
      }}
    >
      <div class="controls">
        <Segments
          label="what"
          words={KINDS}
          chosen={kind}
          textOf={(word) => (word === 'spectrum' ? 'measure spectra' : 'train')}
          onChoose={(word) => {
            values.value = {};
            forecast.value = null;
            query.change({ kind: word });
          }}
        />
        <WordList
          label="model"
          words={form.models.map(({ name }) => name)}
          chosen={model?.name ?? ''}
          onChoose={(word) => {
            forecast.value = null;
            query.change({ model: word, data: null });
          }}
        />
        <WordList
          label="data"
          words={['', ...data.map(({ name }) => name)]}
          chosen={chosenData}
          textOf={(word) => word || 'what comes with hesscope'}
          onChoose={(word) => {
            forecast.value = null;
            query.change({ data: word || null });
          }}
        />
      </div>
      {model && (
        <p class="muted">
          {model.description}; {model.parameterCount.toLocaleString('en')} parameters.
        </p>
      )}
      <div class="choices">
        {shown.map((choice) => (
          <ChoiceField key={choice.key} choice={choice} value={values.value[choice.key]} onChange={change} />
        ))}
      </div>
      <details>
        <summary>All choices</summary>
        <div class="choices">
          {more.map((choice) => (
            <ChoiceField
              key={choice.key}
              choice={choice}
              value={values.value[choice.key]}
              onChange={change}
            />
          ))}
        </div>
      </details>
      {error.value && (
        <p class="problem" role="alert">
          {error.value}
        </p>
      )}
      {forecast.value && <Foreseen forecast={forecast.value} />}
      <div class="button-row">
        {kind === 'spectrum' && (
          <button type="button" class="button" disabled={isBusy.value !== null} onClick={foresee}>
            {isBusy.value === 'forecast' ? 'Planning …' : 'Time and memory'}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          disabled={isBusy.value !== null || (kind === 'spectrum' && !forecast.value)}
          onClick={start}
        >
          {isBusy.value === 'start' ? 'Starting …' : 'Start'}
        </button>
        {kind === 'spectrum' && !forecast.value && (
          <span class="muted">Ask for time and memory first; then it can start.</span>
        )}
      </div>
    </form>
  );
}

function Foreseen({ forecast }: { readonly forecast: ForecastAnswer }) {
  const { estimatedMs, estimatedBytes, products, loss, text, data } = forecast;
  return (
    <div class="foreseen" role="status">
      <p class="lead">
        About {formatDuration(estimatedMs)} and {formatBytes(estimatedBytes)} of memory, for{' '}
        {products.toLocaleString('en')} products.
      </p>
      <p class="muted">
        {data}; loss {formatNumber(loss, 4)} nats.
      </p>
      <ul class="plain muted">
        {text.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
