/** A computing process that performs units, as the process that commands it sees it. */

import type { ExchangePlace } from '../ranges/store-exchange.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import { errorOf, forkChild, ProcessEndedError } from './host.ts';
import type { FromChild, ToChild } from './protocol.ts';

/** What is told of a unit under way. */
export interface UnitEvents {
  onProducts(products: number): void;
  onNotice(text: string): void;
}

/** Started with the first unit, and again with the next after it has died. Performs one unit at a time. */
export class UnitProcess {
  /** Whether it performs nothing any more. */
  isEnded = false;
  private readonly threads: number;
  private readonly workbench: string;
  private child: ReturnType<typeof forkChild> | null = null;

  /** @param workbench the folder where units under way keep what they have. */
  constructor(threads: number, workbench: string) {
    this.threads = threads;
    this.workbench = workbench;
  }

  /** Of the process, while there is one; tests kill by it. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /**
   * Performs a unit.
   *
   * @param exchange where vectors are handed over, for units that need some.
   * @returns null when it was stopped before the end.
   * @throws what the unit failed with; ProcessEndedError when the process died.
   */
  perform(
    order: UnitOrder,
    events: UnitEvents,
    exchange: ExchangePlace | null = null,
  ): Promise<UnitReport | null> {
    // Whoever tries again what a process was ended in would start another one that nobody ends.
    if (this.isEnded) return Promise.reject(new Error('expected a process that is not ended, found one'));
    const child = this.started();
    return new Promise<UnitReport | null>((resolve, reject) => {
      const onMessage = (message: FromChild) => {
        if (message.type === 'unit-products') events.onProducts(message.products);
        else if (message.type === 'unit-notice') events.onNotice(message.text);
        else if (message.type === 'unit-ended') settle(() => resolve(message.report));
        else if (message.type === 'failed') settle(() => reject(errorOf(message)));
      };
      const onExit = (code: number | null, signal: string | null) => {
        const how = signal ?? `code ${code}`;
        settle(() =>
          reject(new ProcessEndedError(`the computing process ended with ${how} in the middle of a unit`)),
        );
      };
      const settle = (end: () => void) => {
        child.off('message', onMessage);
        child.off('exit', onExit);
        end();
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      const { workbench, threads } = this;
      this.send({ type: 'unit', order, workbench, exchange, threads });
    });
  }

  /** Asks for the end of the unit under way after its current product, with everything saved. */
  stop(): void {
    this.send({ type: 'stop' });
  }

  /** Ends the process for good; what it has not saved is lost. */
  end(): void {
    this.isEnded = true;
    this.child?.kill('SIGKILL');
    this.child = null;
  }

  /** The process; a new one where it has died, perhaps between two units. */
  private started(): ReturnType<typeof forkChild> {
    if (this.child) return this.child;
    const child = forkChild();
    child.once('exit', () => {
      if (this.child === child) this.child = null;
    });
    this.child = child;
    return child;
  }

  private send(message: ToChild): void {
    if (this.child?.connected) this.child.send(message);
  }
}
