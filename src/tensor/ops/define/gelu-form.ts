/** `none`: x Phi(x) with the normal distribution; `tanh`: its approximation by a hyperbolic tangent. */
export type GeluForm = 'none' | 'tanh';
