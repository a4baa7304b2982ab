/** A disk that is full, and one that can no longer be written to. */
import { join } from 'node:path';
import { type Fault, lostBy, Moments, optionsOf } from './fault.ts';
import { expectEnd, inScene, sawCoefficients } from './scene.ts';

/** A run of the small request takes about 170 KiB in blocks of 4; with less than 40 it does not begin. */
const [LEAST_KIB, MOST_KIB] = [48, 120];
const ENOUGH_KIB = 8_192;
/** Files of coefficients; there are 21. */
const MOST_FILES = 15;

/** One process, or units of work in a process of its own, in turn. */
function sharing(number: number): string[] {
  return number % 2 === 0 ? ['--workers', '1'] : [];
}

function expectText(found: string, expected: string): void {
  if (!found.includes(expected)) throw new Error(`expected '${expected}', found: ${found}`);
}

const full: Fault = {
  name: 'the disk of the run is full',
  needs: ['mounts'],
  tries: 2,
  noticed: 'exit code 2: which file could not be written, and that no space is left',
  goesOn: '`--resume`, once there is space',
  make: (number) =>
    inScene(async (scene) => {
      const disk = scene.smallDisk(new Moments('full disk', number).between(LEAST_KIB / 4, MOST_KIB / 4) * 4);
      const args = ['spectrum', ...optionsOf(), ...sharing(number), '--out', join(disk, 'run')];
      const broken = scene.start(args);
      await expectEnd(broken, 2);
      expectText(broken.stderr, 'no space is left on its disk');
      await scene.remount(disk, `size=${ENOUGH_KIB}k`);
      await expectEnd(scene.start([...args, '--resume']), 0);
      return { lost: await lostBy(join(disk, 'run')) };
    }),
};

const readOnly: Fault = {
  name: 'the disk of the run becomes read-only',
  needs: ['mounts'],
  tries: 2,
  noticed: 'exit code 2: which file could not be written, and that its file system is read-only',
  goesOn: '`--resume`, once it can be written to',
  make: (number) =>
    inScene(async (scene) => {
      const disk = scene.smallDisk(ENOUGH_KIB);
      const path = join(disk, 'run');
      const args = ['spectrum', ...optionsOf(), ...sharing(number), '--out', path];
      const broken = scene.start(args);
      await sawCoefficients(path, new Moments('read-only disk', number).between(0, MOST_FILES), broken);
      await scene.remount(disk, 'ro');
      await expectEnd(broken, 2);
      expectText(broken.stderr, 'its file system is read-only');
      await scene.remount(disk, 'rw');
      await expectEnd(scene.start([...args, '--resume']), 0);
      return { lost: await lostBy(path) };
    }),
};

export const DISK_FAULTS: readonly Fault[] = [full, readOnly];
