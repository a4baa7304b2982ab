/** What to measure: model, data, and the few numbers that most people change. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { LOSS_NAMES, type LossName } from '../../../src/network/models/losses.ts';
import type { Query } from '../../page/address.ts';
import { WordList } from '../../parts/choices.tsx';
import { hasWebGpu } from '../engine/web-gpu.ts';
import {
  type Choices,
  choicesOf,
  commandOf,
  DEVICES,
  NUMBERS,
  type NumberName,
  requestOf,
} from '../state/choices.ts';
import { isBusy, startMeasurement, stopMeasurement } from '../state/measurement.ts';
import { OFFERED_MODELS } from '../state/models.ts';
import { chooseLoss, ownNetwork, ownText, report } from '../state/opened.ts';
import { OwnTextField } from './own-text.tsx';

/** Threads of one product: all processors, where the page may share memory between them. */
function threadCount(): number {
  return globalThis.crossOriginIsolated ? Math.max(1, navigator.hardwareConcurrency) : 1;
}

function measure(choices: Choices): void {
  report.value = null;
  const network = ownNetwork.value;
  const request = requestOf(choices, threadCount());
  startMeasurement({
    request: network ? { ...request, model: network.model.name } : request,
    network,
    text: choices.model.reads === 'text' ? ownText.value : null,
  });
}

export function ChoicesForm({ query }: { readonly query: Query }) {
  const choices = choicesOf(query);
  const network = ownNetwork.value;
  const busy = isBusy();
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (busy) stopMeasurement();
    else measure(choices);
  };
  return (
    <form class="choices-form" aria-label="What to measure" onSubmit={onSubmit}>
      <div class="controls">
        {network ? <OwnNetworkChoice /> : <ModelChoice choices={choices} query={query} />}
        {(Object.keys(NUMBERS) as NumberName[]).map((name) => (
          <NumberField key={name} name={name} value={choices[name]} query={query} />
        ))}
        <DeviceChoice choices={choices} query={query} />
      </div>
      {!network && choices.model.reads === 'text' && <OwnTextField />}
      <div class="button-row">
        <button type="submit" class="button primary">
          {busy ? 'Stop' : 'Measure'}
        </button>
        {!network && !ownText.value && (
          <span class="muted">
            as <code>{commandOf(choices)}</code> does
          </span>
        )}
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly choices: Choices;
  readonly query: Query;
}

function ModelChoice({ choices: { model }, query }: ChoiceProps) {
  return (
    <label class="field">
      <span>model</span>
      <select
        value={model.name}
        onChange={(event) =>
          query.change({ model: event.currentTarget.value, batch: null, block: null, pair: null })
        }
      >
        {OFFERED_MODELS.map(({ name, summary, reads }) => (
          <option key={name} value={name}>
            {name}: {summary}, on {reads}
          </option>
        ))}
      </select>
    </label>
  );
}

const LOSS_CHOICES = ['by the output', ...LOSS_NAMES] as const;

function OwnNetworkChoice() {
  const network = ownNetwork.value;
  if (!network) return null;
  const arrays =
    network.inputs.length === 0
      ? 'random inputs'
      : `${network.inputs.map(({ name }) => name).join(', ')}${network.targets ? `; targets ${network.targets.name}` : ''}`;
  return (
    <>
      <span class="field">
        <span>model</span>
        <span class="own-model">
          {network.model.name}, {arrays}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              ownNetwork.value = null;
            }}
          >
            Close
          </button>
        </span>
      </span>
      <WordList
        label="loss"
        words={LOSS_CHOICES}
        chosen={network.loss ?? 'by the output'}
        onChoose={(word) => chooseLoss(word === 'by the output' ? null : (word as LossName))}
      />
    </>
  );
}

interface NumberFieldProps {
  readonly name: NumberName;
  readonly value: number;
  readonly query: Query;
}

function NumberField({ name, value, query }: NumberFieldProps) {
  const { label, least, largest } = NUMBERS[name];
  return (
    <label class="field number-field">
      <span>{label}</span>
      <input
        type="number"
        min={least}
        max={largest}
        step={1}
        required
        value={value}
        onChange={(event) => {
          // What is out of range is left to the browser, which says so when the form is sent.
          if (event.currentTarget.validity.valid) query.change({ [name]: event.currentTarget.value });
        }}
      />
    </label>
  );
}

const DEVICE_WORDS = { wasm: 'processor', webgpu: 'GPU (float32 sums differ)' } as const;

/** Shown where there is a choice. */
function DeviceChoice({ choices: { device }, query }: ChoiceProps) {
  const isThere = useSignal(false);
  useEffect(() => {
    void hasWebGpu().then((found) => {
      isThere.value = found;
    });
  }, [isThere]);
  if (!isThere.value && device === 'wasm') return null;
  return (
    <WordList
      label="device"
      words={DEVICES}
      chosen={device}
      textOf={(word) => DEVICE_WORDS[word]}
      onChoose={(word) => query.change({ device: word === 'wasm' ? null : word })}
    />
  );
}
