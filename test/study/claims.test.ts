import { expect, test } from 'vitest';
import { judgeClaim } from '../../src/study/claims.ts';

const open = { id: 'a', text: 'Water is wet.', threshold: 'agrees: a drop; partly: a mist' };

test.each([
  [true, true, 'agrees'],
  [true, false, 'agrees'],
  [false, true, 'partly'],
  [false, false, 'does not'],
] as const)('a threshold met: %s, the weaker one: %s, is judged "%s"', (isMet, isPartlyMet, verdict) => {
  expect(judgeClaim(open, 'a cloud', isMet, isPartlyMet)).toEqual({ ...open, found: 'a cloud', verdict });
});
