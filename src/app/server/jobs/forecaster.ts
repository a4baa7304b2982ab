/** What a measurement would take, told before it begins. */
import { parseSpectrumRequest } from '../../../study/spectrum/request.ts';
import { ProcessEndedError, type RunningPlan, startPlan } from '../../worker/host.ts';
import { ApiError } from '../api-error.ts';
import type { ForecastAnswer, SpectrumInput } from '../contract/jobs.ts';

const BUSY_NOTE =
  'Another job computed while one product was timed for this, so it will take less time than foreseen when nothing else runs.';

/** Foresees one request at a time: it measures a product, and two of them would disturb each other. */
export class Forecaster {
  readonly #isBusy: () => boolean;
  #running: RunningPlan | null = null;

  /** @param isBusy whether something else computes. */
  constructor(isBusy: () => boolean) {
    this.#isBusy = isBusy;
  }

  /**
   * Foresees the work of a request; what was being foreseen before is given up, as people change one choice after the
   * other.
   *
   * @param onClosed told how to hear that nobody waits for the answer any more.
   * @throws UserError as the command does; ApiError when a later request took its place.
   */
  async foresee(input: SpectrumInput, onClosed: (listener: () => void) => void): Promise<ForecastAnswer> {
    const request = parseSpectrumRequest(input);
    this.stop();
    const wasBusy = this.#isBusy();
    const plan = startPlan(request);
    this.#running = plan;
    onClosed(() => plan.kill());
    try {
      const { model, data, loss, plan: work } = await plan.forecast;
      return {
        model: model.name,
        parameterCount: model.parameterCount,
        data: data.description,
        loss,
        estimatedMs: work.estimatedMs,
        estimatedBytes: work.estimatedBytes,
        products: work.operators.reduce((sum, { productCount }) => sum + productCount, 0),
        text: wasBusy || this.#isBusy() ? [...work.text, BUSY_NOTE] : [...work.text],
      };
    } catch (error) {
      if (error instanceof ProcessEndedError)
        throw new ApiError(
          409,
          'The forecast was given up for a later one; ask for it again if it is still wanted.',
        );
      throw error;
    } finally {
      if (this.#running === plan) this.#running = null;
    }
  }

  /** Gives up what is being foreseen. */
  stop(): void {
    this.#running?.kill();
    this.#running = null;
  }
}
