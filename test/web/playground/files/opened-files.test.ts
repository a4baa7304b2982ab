import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import { type OpenedFile, recognise } from '../../../../web/playground/files/opened-files.ts';

function files(...paths: string[]): OpenedFile[] {
  return paths.map((path) => {
    const file = new File([], path.slice(path.lastIndexOf('/') + 1));
    return { path, file };
  });
}

describe('what was opened', () => {
  it('is a run where there is a run.json, in the folder that lies least deep', () => {
    expect(recognise(files('runs/a/report.html', 'runs/a/run.json', 'runs/a/old/run.json'))).toEqual({
      kind: 'run',
      folder: 'runs/a/',
    });
    expect(recognise(files('run.json', 'blocks.json'))).toEqual({ kind: 'run', folder: '' });
  });

  it('is no run where several lie side by side', () => {
    expect(() => recognise(files('runs/a/run.json', 'runs/b/run.json'))).toThrow(/found 2 runs/);
  });

  it('is a network with its arrays, told apart by their names, and what lies beside it', () => {
    const given = files('Net.ONNX', 'x.npy', 'mask.npz', 'Labels.npy', 'net.onnx.data');
    const [model, x, mask, labels, weights] = given;
    expect(recognise(given)).toEqual({
      kind: 'network',
      model,
      inputs: [x, mask],
      targets: labels,
      external: [weights],
    });
    expect(recognise(files('net.onnx'))).toMatchObject({ inputs: [], targets: null, external: [] });
    expect(() => recognise(files('a.onnx', 'b.onnx'))).toThrow(/one ONNX file, found 2/);
  });

  it('is a report or a text where it is one file', () => {
    expect(recognise(files('report.html'))).toMatchObject({ kind: 'report' });
    expect(recognise(files('whale.txt'))).toMatchObject({ kind: 'text' });
  });

  it('is refused with what was found where it is nothing else', () => {
    for (const given of [files(), files('a.txt', 'b.txt'), files('1.gif', '2.gif', '3.gif', '4.gif')])
      expect(() => recognise(given)).toThrow(UserError);
    expect(() => recognise(files('1.gif', '2.gif', '3.gif', '4.gif'))).toThrow(
      /found 1\.gif, 2\.gif, 3\.gif and 1 more/,
    );
  });
});
