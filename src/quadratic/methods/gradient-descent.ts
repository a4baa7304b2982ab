import type { QuadraticMethod } from './method.ts';

/** Gradient descent (1) with the best single learning rate, 2 / (mu + L). */
export const GRADIENT_DESCENT: QuadraticMethod = {
  name: 'gd',
  title: 'GD',
  rates: null,
  begin({ least, largest }) {
    const rate = 2 / (least + largest);
    return {
      step(w, gradient) {
        for (let i = 0; i < w.length; i++) w[i] = (w[i] as number) - rate * (gradient[i] as number);
      },
    };
  },
};
