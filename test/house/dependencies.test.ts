import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Locked {
  readonly hasInstallScript?: boolean;
}

const locked = JSON.parse(read('package-lock.json')).packages as Readonly<Record<string, Locked>>;
const { installScripts } = JSON.parse(read('scripts/dependencies.json')) as {
  readonly installScripts: Readonly<Record<string, string>>;
};

it('every package of the lock file that brings an install script is listed with what it does', () => {
  const found = Object.entries(locked)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect([...new Set(found)].sort()).toEqual(Object.keys(installScripts).sort());
});

it('the page on bad input says of each what npm ci may run', () => {
  const page = read('docs/bad-input.md');
  for (const name of Object.keys(installScripts)) expect(page).toContain(`\`${name}\``);
});
