import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { tridiagonalEigenvalues } from '../../src/spectrum/eigen/tridiagonal.ts';
import { advanceLanczos, type LanczosState, runLanczos, startLanczos } from '../../src/spectrum/lanczos.ts';
import type { LinearOperator, Precision, Vector } from '../../src/spectrum/operator.ts';
import { sampleProbe } from '../../src/spectrum/probe.ts';
import { gaussQuadrature } from '../../src/spectrum/quadrature.ts';
import { dot } from '../../src/vector/vector.ts';
import { denseOperator, diagonalOperator, prescribedMatrix } from './prescribed.ts';

function probeOf(dim: number, index = 0, precision: Precision = 'float64'): Vector {
  return sampleProbe({ kind: 'gaussian', dim, precision, seed: 11, path: ['probe', index] });
}

const spread = Array.from({ length: 60 }, (_, i) => Math.cos(i) * 3 + i / 10);

/** |A Q - Q T - beta q e'| and |Q'Q - I|, largest entries, after reorthogonalised steps. */
async function relationErrors(
  operator: LinearOperator,
  state: LanczosState,
): Promise<{ relation: number; orthogonality: number }> {
  const basis = state.basis!;
  const products = await operator.matmat(basis);
  const next = state.finished === 'steps' && state.betas.at(-1)! > 0 ? state.current : null;
  let relation = 0;
  let orthogonality = 0;
  basis.forEach((q, j) => {
    for (let i = 0; i < operator.dim; i++) {
      let residual = products[j]![i]! - state.alphas[j]! * q[i]!;
      if (j > 0) residual -= state.betas[j - 1]! * basis[j - 1]![i]!;
      const following = j + 1 < basis.length ? basis[j + 1]! : next;
      if (following !== null) residual -= state.betas[j]! * following[i]!;
      relation = Math.max(relation, Math.abs(residual));
    }
    basis.forEach((other, k) => {
      orthogonality = Math.max(orthogonality, Math.abs(dot(q, other) - (j === k ? 1 : 0)));
    });
  });
  return { relation, orthogonality };
}

describe('the Lanczos relation', () => {
  it('holds with an orthonormal basis when reorthogonalised', async () => {
    const operator = denseOperator(prescribedMatrix(spread, 1));
    const state = startLanczos(probeOf(60), { steps: 25, reorthogonalize: true });
    expect(await runLanczos(operator, [state])).toBe(25);
    expect(state.finished).toBe('steps');
    expect(state.betas).toHaveLength(25);
    const { relation, orthogonality } = await relationErrors(operator, state);
    // One step's rounding: a product of 60 terms and 2 x 25 projections, each eps of the norm, 9.
    expect(relation).toBeLessThan(110 * Number.EPSILON * 9);
    // Twice is enough: what is left is the rounding of the last projections and of the scaling.
    expect(orthogonality).toBeLessThan(60 * Number.EPSILON);
  });

  it('recovers a whole spectrum in as many steps as dimensions, and then stops', async () => {
    const operator = denseOperator(prescribedMatrix(spread, 2));
    const state = startLanczos(probeOf(60), { steps: 500, reorthogonalize: true });
    await runLanczos(operator, [state]);
    expect(state.finished).toBe('dimension');
    expect(state.alphas).toHaveLength(60);
    const found = tridiagonalEigenvalues(state.alphas, state.betas.slice(0, -1));
    const expected = [...spread].sort((a, b) => a - b);
    // 60 steps, each with the error of the relation above.
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(60 * 110 * Number.EPSILON * 9);
    });
  });

  it('holds locally on the three-term path, which keeps no basis', async () => {
    const operator = denseOperator(prescribedMatrix(spread, 3));
    const state = startLanczos(probeOf(60), { steps: 40 });
    for (;;) {
      const [v, u] = [state.current, state.previous];
      const coupling = state.betas.at(-1) ?? 0;
      if ((await advanceLanczos(operator, [state])) === 0) break;
      const [product] = await operator.matmat([v]);
      const alpha = state.alphas.at(-1)!;
      for (let i = 0; i < 60; i++) {
        const left = product![i]! - alpha * v[i]! - (u === null ? 0 : coupling * u[i]!);
        expect(Math.abs(left - state.betas.at(-1)! * state.current[i]!)).toBeLessThan(8 * Number.EPSILON * 9);
      }
      expect(Math.abs(dot(state.current, state.current) - 1)).toBeLessThan(8 * Number.EPSILON);
    }
    expect(state.basis).toBeNull();
    expect(state.alphas).toHaveLength(40);
  });
});

describe('breakdown', () => {
  it('ends the three-term path at the number of distinct eigenvalues with beta exactly 0', async () => {
    const repeated = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3]!);
    const state = startLanczos(probeOf(30), { steps: 20 });
    await runLanczos(denseOperator(prescribedMatrix(repeated, 4)), [state]);
    expect(state.finished).toBe('breakdown');
    expect(state.alphas).toHaveLength(3);
    expect(state.betas[2]).toBe(0);
    const { nodes, residualBounds } = gaussQuadrature(state.alphas, state.betas);
    [1, 2, 5].forEach((value, i) => {
      expect(Math.abs(nodes[i]! - value)).toBeLessThan(64 * Number.EPSILON * 5);
    });
    expect(residualBounds).toEqual([0, 0, 0]);
  });

  it('is seen in float32 at the noise of float32 products', async () => {
    const repeated = Array.from({ length: 300 }, (_, i) => [1, 2, 5][i % 3]!);
    const state = startLanczos(probeOf(300, 0, 'float32'), { steps: 20 });
    await runLanczos(denseOperator(prescribedMatrix(repeated, 5), 'float32'), [state]);
    expect(state.finished).toBe('breakdown');
    expect(state.alphas).toHaveLength(3);
  });

  it('continues with fresh orthogonal vectors when the basis is kept, and counts multiplicities', async () => {
    const repeated = [1, 1, 1, 1, 2, 2, 2, 5, 5, 0, 0, 0];
    const operator = denseOperator(prescribedMatrix(repeated, 6));
    const options = { steps: 12, reorthogonalize: true, freshVectors: { seed: 3, path: ['block'] } };
    const state = startLanczos(probeOf(12), options);
    await runLanczos(operator, [state]);
    expect(state.finished).toBe('dimension');
    expect(state.betas.filter((beta) => beta === 0).length).toBeGreaterThanOrEqual(2);
    const { relation, orthogonality } = await relationErrors(operator, state);
    // At a breakdown up to 64 eps |T| is dropped; |T| is at most 1.7 x 5.
    expect(relation).toBeLessThan(64 * Number.EPSILON * 8.5);
    expect(orthogonality).toBeLessThan(60 * Number.EPSILON);
    const found = tridiagonalEigenvalues(state.alphas, state.betas.slice(0, -1));
    const expected = [...repeated].sort((a, b) => a - b);
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(12 * 64 * Number.EPSILON * 8.5);
    });
    const again = startLanczos(probeOf(12), options);
    await runLanczos(operator, [again]);
    expect(again.alphas).toEqual(state.alphas);
    const other = startLanczos(probeOf(12), { ...options, freshVectors: { seed: 4, path: ['block'] } });
    await runLanczos(operator, [other]);
    expect(other.basis!.at(-1)).not.toEqual(state.basis!.at(-1));
  });

  it('takes an operator that is zero', async () => {
    const zero = diagonalOperator(new Array<number>(9).fill(0));
    const plain = startLanczos(probeOf(9), { steps: 5 });
    const kept = startLanczos(probeOf(9), { steps: 5, reorthogonalize: true });
    await runLanczos(zero, [plain, kept]);
    expect(plain).toMatchObject({ alphas: [0], betas: [0], finished: 'breakdown' });
    expect(kept).toMatchObject({ alphas: [0, 0, 0, 0, 0], betas: [0, 0, 0, 0, 0], finished: 'steps' });
  });

  it('takes a single dimension', async () => {
    const state = startLanczos(probeOf(1), { steps: 5 });
    await runLanczos(diagonalOperator([-4]), [state]);
    expect(state).toMatchObject({ alphas: [-4], betas: [0], finished: 'dimension' });
  });
});

describe('lockstep and resume', () => {
  it('gives each probe what it has alone, with one call a step', async () => {
    const operator = denseOperator(prescribedMatrix(spread, 7));
    const alone = [0, 1, 2].map((i) => startLanczos(probeOf(60, i), { steps: 10 + i }));
    for (const state of alone) await runLanczos(operator, [state]);
    operator.calls.length = 0;
    const together = [0, 1, 2].map((i) => startLanczos(probeOf(60, i), { steps: 10 + i }));
    await advanceLanczos(operator, together.slice(0, 1));
    expect(await runLanczos(operator, together)).toBe(32);
    expect(operator.calls).toEqual([1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 1]);
    together.forEach((state, i) => {
      expect(state.alphas).toEqual(alone[i]!.alphas);
      expect(state.betas).toEqual(alone[i]!.betas);
    });
  });

  it.each([false, true])(
    'continues bit for bit from a state read back (reorthogonalize: %s)',
    async (keep) => {
      // Repeated eigenvalues, so that with a kept basis the resumed part passes through a breakdown.
      const operator = denseOperator(
        prescribedMatrix(keep ? Array.from({ length: 30 }, (_, i) => i % 6) : spread, 8),
        'float32',
      );
      const dim = operator.dim;
      const start = (): LanczosState =>
        startLanczos(probeOf(dim, 0, 'float32'), { steps: 15, reorthogonalize: keep });
      const whole = start();
      await runLanczos(operator, [whole]);
      for (const stop of [0, 1, 4, 9]) {
        const part = start();
        for (let step = 0; step < stop; step++) await advanceLanczos(operator, [part]);
        const resumed = readBack(writeDown(part));
        await runLanczos(operator, [resumed]);
        expect(resumed).toEqual(whole);
      }
    },
  );

  it('goes on from finished states when more steps are asked for', async () => {
    const operator = denseOperator(prescribedMatrix(spread, 9));
    const long = startLanczos(probeOf(60), { steps: 12 });
    await runLanczos(operator, [long]);
    const state = startLanczos(probeOf(60), { steps: 5 });
    await runLanczos(operator, [state]);
    state.steps = 12;
    state.finished = null;
    await runLanczos(operator, [state]);
    expect(state).toEqual(long);
  });
});

/** As a file would hold it: text, and the bytes of the vectors. */
function writeDown(state: LanczosState): string {
  return JSON.stringify(state, (_, value: unknown) =>
    value instanceof Float32Array ? { float32: Buffer.from(value.buffer).toString('base64') } : value,
  );
}

function readBack(text: string): LanczosState {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('float32' in value)) return value;
    return new Float32Array(new Uint8Array(Buffer.from(String(value.float32), 'base64')).buffer);
  }) as LanczosState;
}

describe('what does not fit', () => {
  it('names operator and step of a product that is not finite, and leaves all states as they were', async () => {
    let products = 0;
    const failing: LinearOperator = {
      name: 'h.0.mlp',
      dim: 6,
      precision: 'float64',
      async matmat(columns) {
        products++;
        return columns.map((column, k) =>
          column.map((x, i) => (products === 3 && k === 1 && i === 2 ? NaN : (i + 1) * x)),
        );
      },
    };
    const states = [startLanczos(probeOf(6, 0), { steps: 5 }), startLanczos(probeOf(6, 1), { steps: 5 })];
    await expect(runLanczos(failing, states)).rejects.toThrow(/h\.0\.mlp.*step 3.*not finite/);
    expect(states.map(({ alphas }) => alphas.length)).toEqual([2, 2]);
  });

  it('tells what the operator says of a product that is not finite', async () => {
    const failing: LinearOperator = {
      name: 'h.0.mlp',
      dim: 3,
      precision: 'float64',
      matmat: async (columns) => columns.map((column) => column.map(() => Number.POSITIVE_INFINITY)),
      whyNotFinite: async (column) => `because of ${column.length} entries`,
    };
    const state = startLanczos(probeOf(3), { steps: 2 });
    await expect(runLanczos(failing, [state])).rejects.toThrow(/step 1 is not finite.*because of 3 entries/);
  });

  it('refuses wrong lengths, precisions and step counts', async () => {
    const operator = diagonalOperator([1, 2, 3]);
    await expect(advanceLanczos(operator, [startLanczos(probeOf(4), { steps: 2 })])).rejects.toThrow(
      'found 4',
    );
    await expect(
      advanceLanczos(operator, [startLanczos(probeOf(3, 0, 'float32'), { steps: 2 })]),
    ).rejects.toThrow('float32');
    expect(() => startLanczos(probeOf(3), { steps: 0 })).toThrow(UserError);
  });
});
