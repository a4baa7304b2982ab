/** The one view of the playground: what to measure, how far it is, and what was found. */
import { useQuery } from '../../page/address.ts';
import { AppearanceChoice } from '../../page/appearance-choice.tsx';
import { GrowingRun } from '../../run/growing-run.tsx';
import { RunFigures } from '../../run/run-figures.tsx';
import { isBusy, phase, shownRun } from '../state/measurement.ts';
import { refusal, report } from '../state/opened.ts';
import { detailOf, sourceOf } from '../state/shown-run.ts';
import { ChoicesForm } from './choices-form.tsx';
import { OpenFiles } from './open-files.tsx';
import { ReportFrame } from './report-frame.tsx';
import { RunHead } from './run-head.tsx';
import { WorkStatus } from './work-status.tsx';

export function PlaygroundPage() {
  const query = useQuery();
  return (
    <>
      <a class="skip" href="#main">
        Skip to the figures
      </a>
      <header class="bar">
        <span class="wordmark">hesscope</span>
        <span class="muted">playground</span>
        <div class="bar-end">
          <AppearanceChoice />
        </div>
      </header>
      <main class="view" tabIndex={-1}>
        <div class="view-head">
          <h1>A network’s Hessian, block by block</h1>
          <p class="muted">
            Lanczos iterations find the eigenvalue spectrum of every parameter block, here in the browser.
            Nothing that you open leaves this machine.
          </p>
        </div>
        <div class="workbench">
          <ChoicesForm query={query} />
          <OpenFiles />
        </div>
        {refusal.value && (
          <p class="problem" role="alert">
            {refusal.value}
          </p>
        )}
        <WorkStatus />
        <div id="main" tabIndex={-1}>
          {report.value && <ReportFrame {...report.value} />}
          <ShownRunView />
        </div>
      </main>
    </>
  );
}

/** The run that is there, growing or whole. */
function ShownRunView() {
  const shown = shownRun.value;
  if (!shown) return phase.value === 'none' && !report.value ? <Introduction /> : null;
  const detail = detailOf(shown);
  const source = sourceOf(shown);
  const busy = isBusy();
  const hasWhole = detail.blocks.some(({ isMeasured }) => isMeasured) || detail.full?.isMeasured;
  return (
    <section aria-label="What was found">
      <RunHead shown={shown} detail={detail} />
      {busy && <GrowingRun detail={detail} source={source} />}
      {(!busy || hasWhole) && <RunFigures detail={detail} source={source} />}
    </section>
  );
}

function Introduction() {
  return (
    <section class="introduction" aria-label="What will be seen">
      <p>
        The model and its data are chosen; “Measure” takes some ten seconds. Each block’s spectrum settles
        while you look. Then come the distances between the spectra of all pairs of blocks: where they are
        large, the blocks are unlike, and Adam has something to gain over SGD.
      </p>
    </section>
  );
}
