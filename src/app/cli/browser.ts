/** A page in the reader's browser, and how long it is served. */
import open from 'open';
import type { Dashboard } from '../server/server.ts';

/**
 * Whether a browser that is opened here would be seen: not in a session by ssh, and on Linux only with a display.
 *
 * @param environment the process's variables.
 */
export function hasScreen(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (platform === 'darwin' || platform === 'win32') return environment.SSH_CONNECTION === undefined;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** Opens an address; says so where that fails. */
export async function openBrowser(url: string): Promise<void> {
  const told = () => process.stderr.write('No browser could be opened; go to the address above.\n');
  await open(url).then((browser) => browser.on('error', told), told);
}

/** Serves until Ctrl-C: the first signal lets jobs of the page save and end, the second ends them at once. */
export async function serveUntilInterrupted(dashboard: Dashboard): Promise<void> {
  await new Promise<void>((resolve) => {
    const onSignal = () => {
      if (dashboard.isBusy)
        process.stderr.write(
          'stopping after the current step; everything is kept (Ctrl-C again to end at once)\n',
        );
      dashboard.stopJobs();
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
  await dashboard.close();
}
