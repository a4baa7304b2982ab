import type { QuadraticMethod } from './method.ts';

/** Gradient descent with the best learning rate of each block, 2 / (mu_l + L_l). */
export const BLOCKWISE_GRADIENT_DESCENT: QuadraticMethod = {
  name: 'gd-by-block',
  title: 'GD by block',
  rates: null,
  begin({ blocks }) {
    const rates = blocks.map(({ eigenvalues, dim, start }) => ({
      start,
      stop: start + dim,
      rate: 2 / ((eigenvalues[0] as number) + (eigenvalues.at(-1) as number)),
    }));
    return {
      step(w, gradient) {
        for (const { start, stop, rate } of rates)
          for (let i = start; i < stop; i++) w[i] = (w[i] as number) - rate * (gradient[i] as number);
      },
    };
  },
};
