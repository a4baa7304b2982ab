/** What the reader has opened: a network, a text, a report; a run goes straight to be shown. */
import { signal } from '@preact/signals';
import type { LossName } from '../../../src/network/models/losses.ts';
import type { OpenedFile } from '../files/opened-files.ts';
import { recognise } from '../files/opened-files.ts';
import { readRunFolder } from '../files/run-folder.ts';
import type { HeldFile, OwnNetwork, OwnText } from '../worker/protocol.ts';
import { showRun } from './measurement.ts';

/** A network in place of a preset; null for none. */
export const ownNetwork = signal<OwnNetwork | null>(null);
/** A text in place of the embedded one; null for none. */
export const ownText = signal<OwnText | null>(null);
/** A report as it was written; null for none. */
export const report = signal<{ readonly name: string; readonly html: string } | null>(null);
/** Why files could not be opened. */
export const refusal = signal<string | null>(null);

let count = 0;

/** Opens files for what they are. What cannot be opened is said in `refusal`. */
export async function openFiles(files: readonly OpenedFile[]): Promise<void> {
  refusal.value = null;
  try {
    await open(files);
  } catch (error) {
    refusal.value = (error as Error).message;
  }
}

async function open(files: readonly OpenedFile[]): Promise<void> {
  const opened = recognise(files);
  switch (opened.kind) {
    case 'run': {
      const run = await readRunFolder(files, opened.folder);
      count += 1;
      report.value = null;
      showRun({ run, id: `opened-${count}`, version: 0 });
      return;
    }
    case 'report':
      report.value = { name: opened.report.path, html: await opened.report.file.text() };
      return;
    case 'text':
      ownText.value = { name: opened.text.path, text: await opened.text.file.text() };
      return;
    case 'network':
      ownNetwork.value = {
        model: await held(opened.model),
        inputs: await Promise.all(opened.inputs.map(held)),
        targets: opened.targets && (await held(opened.targets)),
        external: await Promise.all(opened.external.map(held)),
        loss: null,
      };
  }
}

/** Chooses the loss of the own network; null leaves it to the output. */
export function chooseLoss(loss: LossName | null): void {
  if (ownNetwork.value) ownNetwork.value = { ...ownNetwork.value, loss };
}

async function held({ file }: OpenedFile): Promise<HeldFile> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
