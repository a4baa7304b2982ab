import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bar, QUIET_MS, startProgressLine } from '../../../src/app/cli/progress-line.ts';

let written: string;

beforeEach(() => {
  written = '';
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('progress away from a terminal', () => {
  it('is a line now and then, and all that is to stay', () => {
    const line = startProgressLine('compare', false);
    line.show('1 of 9');
    line.say('12 trainings');
    vi.advanceTimersByTime(QUIET_MS - 1);
    line.show('2 of 9');
    vi.advanceTimersByTime(1);
    line.show('3 of 9');
    line.show('4 of 9');
    vi.advanceTimersByTime(QUIET_MS);
    line.show('5 of 9');
    line.end();
    expect(written).toBe('compare: 12 trainings\ncompare: 3 of 9\ncompare: 5 of 9\n');
  });

  it('is nothing where it is not wanted', () => {
    const line = startProgressLine('compare', true);
    line.say('12 trainings');
    vi.advanceTimersByTime(QUIET_MS);
    line.show('3 of 9');
    line.end();
    expect(written).toBe('');
  });
});

it('a bar is as full as its share says', () => {
  expect(bar(0)).toBe(`${'░'.repeat(24)} 0 %`);
  expect(bar(0.5)).toBe(`${'█'.repeat(12)}${'░'.repeat(12)} 50 %`);
  expect(bar(1)).toBe(`${'█'.repeat(24)} 100 %`);
});
