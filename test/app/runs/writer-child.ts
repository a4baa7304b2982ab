/**
 * A process that opens the run at its argument and writes to it until it is killed: coefficients that grow,
 * vectors, metrics, spectra and run.json, in turn. It says `ready` when it holds the lock,
 * and names the step whenever vectors were written.
 */
import { openRunDirectory } from '../../../src/app/runs/directory.ts';
import { loadLanczos, writeLanczosFile, writeLanczosState } from '../../../src/app/runs/lanczos-file.ts';

const [path] = process.argv.slice(2);
const identity = {
  block: 'layer.1.weight',
  probe: 0,
  dim: 1024,
  seed: 7,
  probeKind: 'gaussian',
  precision: 'float64',
  reorthogonalize: false,
} as const;
const steps = 1024;

try {
  const directory = await openRunDirectory(path!);
  await directory.updateRun({ status: 'running' });
  const resume = await loadLanczos(directory.path, identity, steps);
  const alphas = [...resume.alphas];
  const betas = [...resume.betas];
  process.stdout.write(
    `ready at step ${alphas.length}, state ${resume.state?.current[0]}, ${resume.reason}\n`,
  );
  while (alphas.length < steps) {
    alphas.push(Math.sqrt(alphas.length));
    betas.push(1 / alphas.length);
    await writeLanczosFile(directory, { ...identity, steps, alphas, betas, finished: null });
    await directory.appendMetrics({ step: alphas.length });
    await directory.writeFile('report.html', 'x'.repeat(200_000 + alphas.length));
    if (alphas.length % 2 === 0) {
      const vector = new Float64Array(identity.dim).fill(alphas.length);
      const state = { step: alphas.length, previous: vector, current: vector, basis: null };
      await writeLanczosState(directory.path, identity, state, { alphas, betas });
      process.stdout.write(`vectors of step ${alphas.length}\n`);
    }
    await directory.updateRun({ products: alphas.length });
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
