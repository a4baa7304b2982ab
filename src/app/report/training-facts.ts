/** What a training was made with, as headings and texts. */
import type { RunFile } from '../runs/records.ts';
import { formatCount, formatDuration } from './format.ts';
import { environmentText, modelText, settingText, startedText } from './run-facts.ts';

/** Settings of a request that a reader asks for first, with their headings. */
const SETTINGS: readonly (readonly [key: string, heading: string])[] = [
  ['optimizer', 'Optimizer'],
  ['optimizerSettings', 'Settings of it'],
  ['learningRate', 'Learning rate'],
  ['schedule', 'Schedule'],
  ['warmup', 'Warm-up'],
  ['weightDecay', 'Weight decay'],
  ['clip', 'Clipped at'],
  ['dropout', 'Dropout'],
  ['augment', 'Augmentation'],
  ['steps', 'Steps'],
  ['seed', 'Seed'],
  ['precision', 'Precision'],
  ['device', 'Device'],
];

/** What a setting is when nothing was chosen; it is not told. */
const NOTHING: ReadonlySet<string> = new Set(['{}', 'none', '0']);

/** Headings and texts of what was trained: model, data, settings, time, environment. */
export function trainingFactsOf(run: RunFile): [string, string][] {
  const { model, data, request } = run;
  const passes = data.microBatches > 1 ? `${data.microBatches} passes of ` : '';
  const settings = SETTINGS.flatMap(([key, heading]): [string, string][] => {
    if (request[key] === undefined) return [];
    const text = settingText(request[key]);
    return NOTHING.has(text) && key !== 'seed' ? [] : [[heading, text]];
  });
  return [
    ['Model', [modelText(model), ...(model.notes ?? [])].join('. ')],
    ['Data', data.description],
    ['Batch', `${passes}${formatCount(data.examplesPerBatch)} examples`],
    ...settings,
    ['Time', formatDuration(run.elapsedMs)],
    ['Started', startedText(run)],
    ['Environment', environmentText(run)],
  ];
}
