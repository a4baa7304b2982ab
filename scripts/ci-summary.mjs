/**
 * Sums up what CI ran: `node scripts/ci-summary.mjs <folder>`.
 *
 * `<folder>/steps.tsv` has one line a step: kind (`tests` or `check`), name, exit status. A check counts as one
 * passed or failed; tests count as the Vitest JSON report `<folder>/<name>.json` says, and those that failed are
 * named with the first line of why. The last line printed is `N passed, N failed`; the exit status is 1 when
 * anything failed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
if (folder === undefined) throw new Error('expected the folder of steps.tsv as argument');

const lines = readFileSync(join(folder, 'steps.tsv'), 'utf8').trimEnd().split('\n');
const total = { passed: 0, failed: 0 };
for (const line of lines) {
  const [kind, name, status] = line.split('\t');
  const succeeded = status === '0';
  const counts =
    kind === 'tests'
      ? countTests(join(folder, `${name}.json`), succeeded)
      : { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, failures: [] };
  total.passed += counts.passed;
  total.failed += counts.failed;
  console.log(
    `${counts.failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${counts.passed} passed, ${counts.failed} failed`,
  );
  for (const failure of counts.failures) console.log(`       ${failure}`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/**
 * Passed and failed tests of a report. A test file that could not even be loaded, a report that is missing
 * and a run that failed without a failed test each count as one failure.
 */
function countTests(path, succeeded) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, failures: ['the report of its tests could not be read'] };
  }
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failures = report.testResults.flatMap((file) =>
    unloaded.includes(file)
      ? [describeFailure(file.name, file.message)]
      : file.assertionResults
          .filter((test) => test.status === 'failed')
          .map((test) => describeFailure(`${file.name}: ${test.fullName}`, test.failureMessages?.[0])),
  );
  const failed = report.numFailedTests + unloaded.length;
  return { passed: report.numPassedTests, failed: failed === 0 && !succeeded ? 1 : failed, failures };
}

function describeFailure(name, message) {
  return `${name}\n         ${(message ?? '').split('\n', 1)[0]}`;
}
