// The licence of every package that a user of hesscope gets, from the lock file; fails on one that is not allowed.
// The list of those that are is in dependencies.json beside this file.
import { existsSync, readFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

const { licences, readByHand } = read('dependencies.json');
const allowed = new Set(licences.map((name) => name.toLowerCase()));

/** Whether an SPDX expression leaves a choice, or a sum, of allowed licences alone. */
function isAllowed(expression) {
  const plain = expression.replaceAll(/[()]/g, ' ').trim();
  if (/ OR /i.test(plain)) return plain.split(/ OR /i).some(isAllowed);
  return plain.split(/ AND /i).every((name) => allowed.has(name.trim().toLowerCase()));
}

const { packages } = read('../package-lock.json');
const found = Object.entries(packages)
  .filter(([path, { dev, link }]) => path !== '' && !dev && !link)
  .map(([path, { version, license }]) => {
    const manifest = `../${path}/package.json`;
    const isHere = existsSync(new URL(manifest, import.meta.url));
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const stated = license ?? (isHere ? read(manifest).license : undefined);
    const licence = readByHand[name] ?? (typeof stated === 'string' ? stated : (stated?.type ?? 'none'));
    return { name: `${name}@${version}`, licence };
  })
  .sort((a, b) => a.name.localeCompare(b.name, 'en'));

for (const { name, licence } of found) console.log(`${licence.padEnd(40)} ${name}`);
const refused = found.filter(({ licence }) => !isAllowed(licence));
for (const { name, licence } of refused)
  console.error(
    `${name} has the licence ${licence}, which is not in scripts/dependencies.json; read it, then allow it or take another package`,
  );
console.log(`${found.length} packages, ${refused.length} with a licence that is not allowed`);
process.exitCode = refused.length === 0 ? 0 : 1;
