import { describe, expect, test } from 'vitest';
import { missingNeed, NOTHING } from './fault.ts';
import { FAULTS } from './index.ts';

describe.each(FAULTS)('$name', (fault) => {
  const missing = missingNeed(fault);
  const tries = Array.from({ length: fault.tries }, (_, index) => index + 1);

  // The reason stands in the name, where it is seen.
  test.skipIf(missing !== null).each(tries)(
    missing === null ? 'loses nothing, try %i' : `is not made: ${missing}`,
    async (number) => {
      expect(await fault.make(number)).toEqual({ lost: NOTHING });
    },
  );
});
