import { describe, expect, test } from 'vitest';
import { type Fault, missingNeed, NOTHING } from './fault.ts';

/** Makes each fault as often as it says; a file of tests for each group, so that groups are tried side by side. */
export function expectNothingLost(faults: readonly Fault[]): void {
  describe.each(faults)('$name', (fault) => {
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
}
