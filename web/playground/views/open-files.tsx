/** Opens files, by a chooser or by dropping them anywhere on the page. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { chosenFiles, droppedFiles } from '../files/gather.ts';
import { openFiles } from '../state/opened.ts';

export function OpenFiles() {
  const isOver = useSignal(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useEffect(() => folder.current?.setAttribute('webkitdirectory', ''), []);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      isOver.value = true;
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      isOver.value = false;
      if (event.dataTransfer) void droppedFiles(event.dataTransfer.items).then(openFiles);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, [isOver]);
  const onChosen = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    if (input.files && input.files.length > 0) void openFiles(chosenFiles(input.files));
    // The same file may be chosen again.
    input.value = '';
  };
  return (
    <section class={`open-files ${isOver.value ? 'is-over' : ''}`} aria-label="Open files">
      <p>
        Drop an ONNX file (with .npy arrays, if you have them), a text, a <code>report.html</code>, or the
        folder of a run.
      </p>
      <div class="button-row">
        <button type="button" class="button" onClick={() => files.current?.click()}>
          Open files
        </button>
        <button type="button" class="button" onClick={() => folder.current?.click()}>
          Open a folder
        </button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        accept=".onnx,.npy,.npz,.txt,.html,.json,.data"
        data-opens="files"
        onChange={onChosen}
      />
      <input ref={folder} type="file" hidden data-opens="folder" onChange={onChosen} />
    </section>
  );
}
