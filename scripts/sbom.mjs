// Writes what hesscope is made of as CycloneDX to test-output/sbom.json, and checks that every package is in it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const place = new URL('../test-output/sbom.json', import.meta.url);
const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: new URL('..', import.meta.url),
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
  stdio: ['ignore', 'pipe', 'ignore'],
});
mkdirSync(new URL('.', place), { recursive: true });
writeFileSync(place, text);

const faults = [];
const expect = (isSo, fault) => {
  if (!isSo) faults.push(fault);
};
const sbom = JSON.parse(text);
expect(sbom.bomFormat === 'CycloneDX', `bomFormat is ${sbom.bomFormat}`);
expect(/^1\.\d$/.test(sbom.specVersion), `specVersion is ${sbom.specVersion}`);
expect(sbom.metadata?.component?.purl?.startsWith('pkg:npm/hesscope@'), 'the component itself is missing');
const components = Array.isArray(sbom.components) ? sbom.components : [];
const refs = new Set(components.map((component) => component['bom-ref']));
for (const { name, version, purl } of components)
  expect(
    name && version && purl?.startsWith('pkg:npm/'),
    `a component without name, version or purl: ${name}`,
  );
const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
for (const name of Object.keys(lock.packages[''].dependencies))
  expect(
    components.some((component) => [component.name, `${component.group}/${component.name}`].includes(name)),
    `${name} is missing`,
  );
for (const { ref, dependsOn = [] } of sbom.dependencies ?? [])
  for (const other of dependsOn) expect(refs.has(other), `${ref} depends on ${other}, which is no component`);

for (const fault of faults) console.error(fault);
console.log(`test-output/sbom.json: ${components.length} components, ${faults.length} faults`);
process.exitCode = faults.length === 0 && components.length > 0 ? 0 : 1;
