/** The worker in which the page computes, so that the page stays at hand. One measurement, then it is thrown away. */
import { UserError } from '../../../src/errors.ts';
import { measure } from './measure.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** What is used of a worker's own scope, whose types TypeScript does not mix with those of a page. */
interface WorkerScope {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listen: (event: MessageEvent<ToWorker>) => void): void;
}

const scope = self as unknown as WorkerScope;
let isStopping = false;

scope.addEventListener('message', ({ data }) => {
  if (data.type === 'stop') {
    isStopping = true;
    return;
  }
  measure(data, { post: (message) => scope.postMessage(message), isStopping: () => isStopping }).catch(
    (error: Error) =>
      scope.postMessage({
        type: 'failed',
        message: error.message,
        isMistake: error instanceof UserError,
      }),
  );
});
