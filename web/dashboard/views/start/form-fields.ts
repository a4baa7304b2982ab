/** Which fields the form of a new run has, and what it sends. */
import type { Choice, Form, Job } from '../../../../src/app/server/contract/jobs.ts';
import type { ChoiceValue } from './choice-field.tsx';

/** Choices that have fields of their own above the others. */
const APART = ['model', 'data'];
/** Choices that most people make; the others are folded away. */
const USUAL: Readonly<Record<Job['kind'], readonly string[]>> = {
  spectrum: ['blocks', 'probes', 'steps', 'batch', 'seed'],
  training: ['optimizer', 'learningRate', 'steps', 'batch', 'evaluateEvery', 'seed'],
};

export interface FormFields {
  readonly shown: readonly Choice[];
  readonly more: readonly Choice[];
  /** Data that the model takes. */
  readonly data: Form['data'];
}

export function fieldsOf(
  form: Form,
  kind: Job['kind'],
  model: Form['models'][number] | undefined,
): FormFields {
  const choices = (kind === 'spectrum' ? form.choices : form.trainingChoices).filter(
    ({ key }) => !APART.includes(key),
  );
  const usual = USUAL[kind];
  return {
    shown: usual.flatMap((key) => choices.filter((choice) => choice.key === key)),
    more: choices.filter(({ key }) => !usual.includes(key)),
    data: form.data.filter(({ dataKind }) => dataKind === model?.dataKind),
  };
}

/** What was chosen, without what was left as it was. */
export function chosenInput(
  values: Readonly<Record<string, ChoiceValue>>,
  { model, data }: { readonly model: string; readonly data: string },
): Record<string, unknown> {
  const chosen = Object.entries(values).filter(([, value]) => value !== '' && value !== undefined);
  return { model, ...(data === '' ? {} : { data }), ...Object.fromEntries(chosen) };
}
