/**
 * The loops over long vectors, in AssemblyScript: two elements at once, which JavaScript cannot do.
 *
 * Every kernel comes for float32 and float64 elements. Arithmetic is in float64 and is rounded when it is stored, so
 * that element by element the results are those of the same loop in JavaScript, to the bit. Pointers come first, the
 * changed vectors before the others, then the number of elements, a multiple of `AT_ONCE`, then the scalars. Sums are
 * left at `SUMS`.
 *
 * `npm run kernels` compiles this file into `src/vector/kernel-binary.ts`.
 */

/** Elements that a loop takes in one turn; lengths are multiples of it. */
export const AT_ONCE: i32 = 8;

/** Where sums are left, as float64; the vectors stand above. */
export const SUMS: usize = 1024;

// Two elements as float64.

@inline function load<T>(pointer: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(pointer)) : v128.load(pointer);
}

@inline function store<T>(pointer: usize, value: v128): void {
  if (sizeof<T>() == 4) v128.store64_lane(pointer, f32x4.demote_f64x2_zero(value), 0);
  else v128.store(pointer, value);
}

/** What comes back after it has been stored. */
@inline function rounded<T>(value: v128): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(value)) : value;
}

@inline function total(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The sum of a b. */
@inline function dot<T>(a: usize, b: usize, length: i32): void {
  const pair: usize = 2 * sizeof<T>();
  const end = a + <usize>length * sizeof<T>();
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  for (; a < end; a += 4 * pair, b += 4 * pair) {
    s0 = f64x2.add(s0, f64x2.mul(load<T>(a), load<T>(b)));
    s1 = f64x2.add(s1, f64x2.mul(load<T>(a + pair), load<T>(b + pair)));
    s2 = f64x2.add(s2, f64x2.mul(load<T>(a + 2 * pair), load<T>(b + 2 * pair)));
    s3 = f64x2.add(s3, f64x2.mul(load<T>(a + 3 * pair), load<T>(b + 3 * pair)));
  }
  store<f64>(SUMS, f64x2.splat(total(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)))));
}
export function dot32(a: usize, b: usize, length: i32): void { dot<f32>(a, b, length); }
export function dot64(a: usize, b: usize, length: i32): void { dot<f64>(a, b, length); }

/** a <- factor a. */
@inline function scale<T>(a: usize, length: i32, factor: f64): void {
  const pair: usize = 2 * sizeof<T>();
  const end = a + <usize>length * sizeof<T>();
  const factors = f64x2.splat(factor);
  for (; a < end; a += pair) store<T>(a, f64x2.mul(factors, load<T>(a)));
}
export function scale32(a: usize, length: i32, factor: f64): void { scale<f32>(a, length, factor); }
export function scale64(a: usize, length: i32, factor: f64): void { scale<f64>(a, length, factor); }

/** y <- y + factor x. */
@inline function axpy<T>(y: usize, x: usize, length: i32, factor: f64): void {
  const pair: usize = 2 * sizeof<T>();
  const end = y + <usize>length * sizeof<T>();
  const factors = f64x2.splat(factor);
  for (; y < end; y += pair, x += pair) store<T>(y, f64x2.add(load<T>(y), f64x2.mul(factors, load<T>(x))));
}
export function axpy32(y: usize, x: usize, length: i32, factor: f64): void { axpy<f32>(y, x, length, factor); }
export function axpy64(y: usize, x: usize, length: i32, factor: f64): void { axpy<f64>(y, x, length, factor); }

/** One pair of w - alpha v - beta u, stored; what was stored. */
@inline function threeTerms<T>(w: usize, v: usize, u: usize, alpha: v128, beta: v128): v128 {
  const next = f64x2.sub(f64x2.sub(load<T>(w), f64x2.mul(alpha, load<T>(v))), f64x2.mul(beta, load<T>(u)));
  store<T>(w, next);
  return rounded<T>(next);
}

/** w <- w - alpha v - beta u, and the sum of the squares of the new w. */
@inline function recurrence<T>(w: usize, v: usize, u: usize, length: i32, alpha: f64, beta: f64): void {
  const pair: usize = 2 * sizeof<T>();
  const end = w + <usize>length * sizeof<T>();
  const alphas = f64x2.splat(alpha);
  const betas = f64x2.splat(beta);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (; w < end; w += 2 * pair, v += 2 * pair, u += 2 * pair) {
    const first = threeTerms<T>(w, v, u, alphas, betas);
    s0 = f64x2.add(s0, f64x2.mul(first, first));
    const second = threeTerms<T>(w + pair, v + pair, u + pair, alphas, betas);
    s1 = f64x2.add(s1, f64x2.mul(second, second));
  }
  store<f64>(SUMS, f64x2.splat(total(f64x2.add(s0, s1))));
}
export function recurrence32(w: usize, v: usize, u: usize, length: i32, alpha: f64, beta: f64): void {
  recurrence<f32>(w, v, u, length, alpha, beta);
}
export function recurrence64(w: usize, v: usize, u: usize, length: i32, alpha: f64, beta: f64): void {
  recurrence<f64>(w, v, u, length, alpha, beta);
}

/** The sums of w a, w b, w c and w d. */
@inline function fourDots<T>(w: usize, a: usize, b: usize, c: usize, d: usize, length: i32): void {
  const pair: usize = 2 * sizeof<T>();
  const end = w + <usize>length * sizeof<T>();
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  for (; w < end; w += pair, a += pair, b += pair, c += pair, d += pair) {
    const values = load<T>(w);
    s0 = f64x2.add(s0, f64x2.mul(values, load<T>(a)));
    s1 = f64x2.add(s1, f64x2.mul(values, load<T>(b)));
    s2 = f64x2.add(s2, f64x2.mul(values, load<T>(c)));
    s3 = f64x2.add(s3, f64x2.mul(values, load<T>(d)));
  }
  f64.store(SUMS, total(s0));
  f64.store(SUMS + 8, total(s1));
  f64.store(SUMS + 16, total(s2));
  f64.store(SUMS + 24, total(s3));
}
export function fourDots32(w: usize, a: usize, b: usize, c: usize, d: usize, length: i32): void {
  fourDots<f32>(w, a, b, c, d, length);
}
export function fourDots64(w: usize, a: usize, b: usize, c: usize, d: usize, length: i32): void {
  fourDots<f64>(w, a, b, c, d, length);
}

/** w <- w - (p a + q b + (r c + s d)). */
@inline function subtractFour<T>(
  w: usize, a: usize, b: usize, c: usize, d: usize, length: i32, p: f64, q: f64, r: f64, s: f64,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = w + <usize>length * sizeof<T>();
  const ps = f64x2.splat(p);
  const qs = f64x2.splat(q);
  const rs = f64x2.splat(r);
  const ss = f64x2.splat(s);
  for (; w < end; w += pair, a += pair, b += pair, c += pair, d += pair) {
    const two = f64x2.add(f64x2.mul(ps, load<T>(a)), f64x2.mul(qs, load<T>(b)));
    const others = f64x2.add(f64x2.mul(rs, load<T>(c)), f64x2.mul(ss, load<T>(d)));
    store<T>(w, f64x2.sub(load<T>(w), f64x2.add(two, others)));
  }
}
export function subtractFour32(
  w: usize, a: usize, b: usize, c: usize, d: usize, length: i32, p: f64, q: f64, r: f64, s: f64,
): void {
  subtractFour<f32>(w, a, b, c, d, length, p, q, r, s);
}
export function subtractFour64(
  w: usize, a: usize, b: usize, c: usize, d: usize, length: i32, p: f64, q: f64, r: f64, s: f64,
): void {
  subtractFour<f64>(w, a, b, c, d, length, p, q, r, s);
}

/** m <- kept m + taken g, w <- w - rate m with m as it was before it was rounded. */
@inline function momentum<T>(
  w: usize, m: usize, g: usize, length: i32, kept: f64, taken: f64, rate: f64,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = w + <usize>length * sizeof<T>();
  const keeps = f64x2.splat(kept);
  const takes = f64x2.splat(taken);
  const rates = f64x2.splat(rate);
  for (; w < end; w += pair, m += pair, g += pair) {
    const next = f64x2.add(f64x2.mul(keeps, load<T>(m)), f64x2.mul(takes, load<T>(g)));
    store<T>(m, next);
    store<T>(w, f64x2.sub(load<T>(w), f64x2.mul(rates, next)));
  }
}
export function momentum32(
  w: usize, m: usize, g: usize, length: i32, kept: f64, taken: f64, rate: f64,
): void {
  momentum<f32>(w, m, g, length, kept, taken, rate);
}
export function momentum64(
  w: usize, m: usize, g: usize, length: i32, kept: f64, taken: f64, rate: f64,
): void {
  momentum<f64>(w, m, g, length, kept, taken, rate);
}

/** beta v + (1 - beta) g g. */
@inline function secondMoment(v: v128, g: v128, beta: v128, taken: v128): v128 {
  return f64x2.add(f64x2.mul(beta, v), f64x2.mul(f64x2.mul(taken, g), g));
}

/** The quotient, and 0 where the divisor is. */
@inline function quotient(dividend: v128, divisor: v128): v128 {
  return v128.andnot(f64x2.div(dividend, divisor), f64x2.eq(divisor, f64x2.splat(0)));
}

/**
 * m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g g, w <- w - rate m / (sqrt(perSecond v + inside) +
 * outside); an element whose divisor is zero stays.
 */
@inline function adam<T>(
  w: usize, m: usize, v: usize, g: usize, length: i32,
  beta1: f64, beta2: f64, rate: f64, perSecond: f64, inside: f64, outside: f64,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = w + <usize>length * sizeof<T>();
  const keeps1 = f64x2.splat(beta1);
  const takes1 = f64x2.splat(1 - beta1);
  const keeps2 = f64x2.splat(beta2);
  const takes2 = f64x2.splat(1 - beta2);
  const rates = f64x2.splat(rate);
  const perSeconds = f64x2.splat(perSecond);
  const insides = f64x2.splat(inside);
  const outsides = f64x2.splat(outside);
  for (; w < end; w += pair, m += pair, v += pair, g += pair) {
    const gradient = load<T>(g);
    const first = f64x2.add(f64x2.mul(keeps1, load<T>(m)), f64x2.mul(takes1, gradient));
    const second = secondMoment(load<T>(v), gradient, keeps2, takes2);
    store<T>(m, first);
    store<T>(v, second);
    const divisor = f64x2.add(f64x2.sqrt(f64x2.add(f64x2.mul(second, perSeconds), insides)), outsides);
    store<T>(w, f64x2.sub(load<T>(w), quotient(f64x2.mul(rates, first), divisor)));
  }
}
export function adam32(
  w: usize, m: usize, v: usize, g: usize, length: i32,
  beta1: f64, beta2: f64, rate: f64, perSecond: f64, inside: f64, outside: f64,
): void {
  adam<f32>(w, m, v, g, length, beta1, beta2, rate, perSecond, inside, outside);
}
export function adam64(
  w: usize, m: usize, v: usize, g: usize, length: i32,
  beta1: f64, beta2: f64, rate: f64, perSecond: f64, inside: f64, outside: f64,
): void {
  adam<f64>(w, m, v, g, length, beta1, beta2, rate, perSecond, inside, outside);
}

/** v <- beta v + (1 - beta) g g, w <- w - rate g / (sqrt(v) + epsilon); an element whose divisor is zero stays. */
@inline function rmsprop<T>(
  w: usize, v: usize, g: usize, length: i32, beta: f64, rate: f64, epsilon: f64,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = w + <usize>length * sizeof<T>();
  const keeps2 = f64x2.splat(beta);
  const takes2 = f64x2.splat(1 - beta);
  const rates = f64x2.splat(rate);
  const epsilons = f64x2.splat(epsilon);
  for (; w < end; w += pair, v += pair, g += pair) {
    const gradient = load<T>(g);
    const second = secondMoment(load<T>(v), gradient, keeps2, takes2);
    store<T>(v, second);
    const direction = quotient(gradient, f64x2.add(f64x2.sqrt(second), epsilons));
    store<T>(w, f64x2.sub(load<T>(w), f64x2.mul(rates, direction)));
  }
}
export function rmsprop32(
  w: usize, v: usize, g: usize, length: i32, beta: f64, rate: f64, epsilon: f64,
): void {
  rmsprop<f32>(w, v, g, length, beta, rate, epsilon);
}
export function rmsprop64(
  w: usize, v: usize, g: usize, length: i32, beta: f64, rate: f64, epsilon: f64,
): void {
  rmsprop<f64>(w, v, g, length, beta, rate, epsilon);
}

/** As `rmsprop`, with u <- kept u + direction, w <- w - rate u. */
@inline function rmspropMomentum<T>(
  w: usize, v: usize, u: usize, g: usize, length: i32, beta: f64, rate: f64, epsilon: f64, kept: f64,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = w + <usize>length * sizeof<T>();
  const keeps2 = f64x2.splat(beta);
  const takes2 = f64x2.splat(1 - beta);
  const rates = f64x2.splat(rate);
  const epsilons = f64x2.splat(epsilon);
  const keeps = f64x2.splat(kept);
  for (; w < end; w += pair, v += pair, u += pair, g += pair) {
    const gradient = load<T>(g);
    const second = secondMoment(load<T>(v), gradient, keeps2, takes2);
    store<T>(v, second);
    const own = quotient(gradient, f64x2.add(f64x2.sqrt(second), epsilons));
    const direction = f64x2.add(own, f64x2.mul(keeps, load<T>(u)));
    store<T>(u, direction);
    store<T>(w, f64x2.sub(load<T>(w), f64x2.mul(rates, direction)));
  }
}
export function rmspropMomentum32(
  w: usize, v: usize, u: usize, g: usize, length: i32, beta: f64, rate: f64, epsilon: f64, kept: f64,
): void {
  rmspropMomentum<f32>(w, v, u, g, length, beta, rate, epsilon, kept);
}
export function rmspropMomentum64(
  w: usize, v: usize, u: usize, g: usize, length: i32, beta: f64, rate: f64, epsilon: f64, kept: f64,
): void {
  rmspropMomentum<f64>(w, v, u, g, length, beta, rate, epsilon, kept);
}
