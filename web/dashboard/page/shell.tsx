/** What surrounds every view: the way to the others, the machine's load, light and dark. */
import type { ComponentChildren } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { ADVICE_ROUTE, ENTRY_ROUTE, shownId } from '../../page/address.ts';
import { AppearanceChoice } from '../../page/appearance-choice.tsx';
import { isConnected, jobs, machine } from '../api/live.ts';
import { RunsView } from '../views/runs/runs-view.tsx';

const EntryView = lazy(() => import('../views/entry-view.tsx'));
const AdviceView = lazy(() => import('../views/advice/advice-view.tsx'));
const CompareView = lazy(() => import('../views/compare/compare-view.tsx'));
const LiveView = lazy(() => import('../views/live/live-view.tsx'));
const StartView = lazy(() => import('../views/start/start-view.tsx'));
const PlaygroundView = lazy(() => import('../views/quadratic/playground-view.tsx'));

/** Views by their address; all but the first are fetched when they are opened. */
export function Shell() {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    // Readers of the screen hear of the new view, as they would of a new page.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    window.scrollTo(0, 0);
  }, [location]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the view
      </a>
      <header class="bar">
        <Link href="/" class="wordmark">
          hesscope
        </Link>
        <nav aria-label="Views">
          <ViewLink href="/">Runs</ViewLink>
          <ViewLink href="/live">Live</ViewLink>
          <ViewLink href="/new">New run</ViewLink>
          <ViewLink href="/quadratic">Quadratic</ViewLink>
        </nav>
        <div class="bar-end">
          <MachineLoad />
          <AppearanceChoice />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Suspense fallback={<p class="waiting">Loading the view …</p>}>
          <Switch>
            <Route path="/">
              <RunsView />
            </Route>
            <Route path={`${ENTRY_ROUTE}*`}>{() => <EntryView id={shownId(ENTRY_ROUTE)} />}</Route>
            <Route path={`${ADVICE_ROUTE}*`}>{() => <AdviceView id={shownId(ADVICE_ROUTE)} />}</Route>
            <Route path="/compare">
              <CompareView />
            </Route>
            <Route path="/live">
              <LiveView />
            </Route>
            <Route path="/new">
              <StartView />
            </Route>
            <Route path="/quadratic">
              <PlaygroundView />
            </Route>
            <Route>
              <NoView />
            </Route>
          </Switch>
        </Suspense>
      </main>
    </>
  );
}

function ViewLink({ href, children }: { readonly href: string; readonly children: ComponentChildren }) {
  const [location] = useLocation();
  const isHere = location === href || (href === '/' && location.startsWith(ENTRY_ROUTE));
  return (
    <Link href={href} aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}

function MachineLoad() {
  const reading = machine.value.at(-1);
  const busy = jobs.value.filter(({ state }) => state === 'running').length;
  if (isConnected.value === false)
    return (
      <span class="load problem-text" role="status">
        no connection
      </span>
    );
  if (!reading) return null;
  return (
    <span class="load" title={`${reading.processors} processors`}>
      {busy > 0 ? `${busy} running · ` : ''}load {Math.round(100 * reading.load)} %
    </span>
  );
}

function NoView() {
  return (
    <section class="view">
      <h1>Nothing here</h1>
      <p>
        There is no view at this address. <Link href="/">All runs</Link>
      </p>
    </section>
  );
}
