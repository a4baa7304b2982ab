import type { QuadraticMethod } from './method.ts';

/** Rates from 1e-5 to 10, eight a decade. */
const RATES = Array.from({ length: 49 }, (_, index) => 10 ** (-5 + index / 8));

/**
 * Adam without bias correction and momentum, epsilon 0 (Algorithm 3, (2) and (3)): v starts at the square of the first
 * gradient and is a moving average of squares, w <- w - rate g / sqrt(v). With beta2 = 1 the first gradient scales all steps. A
 * coordinate whose gradients have all been 0 stays (0/0).
 *
 * @param beta2 in [0, 1].
 */
export function adam(beta2: number): QuadraticMethod {
  return {
    name: `adam-${beta2}`,
    title: `Adam, β₂ = ${beta2}`,
    rates: RATES,
    begin(_, first, rate) {
      const v = first.map((g) => g * g);
      let isFirst = true;
      return {
        step(w, gradient) {
          for (let i = 0; i < w.length; i++) {
            const g = gradient[i] as number;
            if (!isFirst) v[i] = beta2 * (v[i] as number) + (1 - beta2) * g * g;
            const scale = Math.sqrt(v[i] as number);
            if (scale > 0) w[i] = (w[i] as number) - (rate * g) / scale;
          }
          isFirst = false;
        },
      };
    },
  };
}
