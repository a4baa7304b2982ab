import type { DashboardResults } from './results.ts';

/** The section on the dashboard of the page on performance. */
export function dashboardSection(results: DashboardResults): string {
  const { browser, environment, loadBefore, runs, blocks, points, repeats, views, frames } = results;
  return [
    '## The dashboard in the browser',
    '',
    '`npm run bench:dashboard`',
    '',
    `Headless ${browser} without a GPU, 1280 x 900 pixels, server and browser on the same machine; a folder of ${runs.toLocaleString('en')} runs, among them one of ${blocks} measured blocks and a training of ${points.toLocaleString('en')} steps. Views: from the start of the navigation until the view is drawn, median of ${repeats}, asked to be under 1,000 ms. Frames: times between two while a mouse zooms or drags; asked are a median of at most 33 ms and a 95th percentile of at most 50 ms. The load before was ${loadBefore.toFixed(1)} on ${environment.cores} cores; above 0.5 others were at work, and times are longer for it.`,
    '',
    '| view | ms |',
    '|---|---:|',
    ...views.map(({ name, medianMs }) => `| ${name} | ${medianMs.toFixed(0)} |`),
    '',
    '| while | frames | median, ms | 95th percentile, ms |',
    '|---|---:|---:|---:|',
    ...frames.map(
      ({ name, frames: count, medianMs, percentile95Ms }) =>
        `| ${name} | ${count} | ${medianMs.toFixed(1)} | ${percentile95Ms.toFixed(1)} |`,
    ),
  ].join('\n');
}
