// `npm test`: everything there is to run, on any machine, with one count at the end. Plain
// JavaScript without packages, because on a clean clone it installs them first.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const results = join(root, 'dist', 'test-results');
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed or was skipped, told again at the end, where one looks. */
const remarks = [];

function run(command, args, env = {}) {
  const path = [bin, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  const child = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, PATH: path, ...env },
  });
  return child.status === 0;
}

function heading(text) {
  console.log(`\n=== ${text}`);
}

/** One check is one test: it passes or it fails. */
function check(name, command, ...args) {
  heading(name);
  const ok = run(command, args);
  totals[ok ? 'passed' : 'failed']++;
  if (!ok) remarks.push(`failed: ${name}`);
  return ok;
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Runs vitest on one project and adds what it counted. No report at all is a failure. */
function vitest(project, ...more) {
  heading(`vitest: ${project}`);
  const file = join(results, `vitest-${project}.json`);
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json'];
  const ok = run('vitest', [...args, `--outputFile.json=${file}`, ...more]);
  const report = readJson(file);
  if (report === undefined) {
    totals.failed++;
    remarks.push(`failed: vitest ${project} gave no report`);
    return;
  }
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'failed') remarks.push(`failed: ${project}: ${test.fullName}`);
      if (test.status === 'pending') remarks.push(`skipped: ${project}: ${test.fullName}`);
    }
  }
  // A file that cannot even be loaded, or an error outside every test, has no failed test to count.
  if (!ok && report.numFailedTests === 0) {
    totals.failed++;
    remarks.push(`failed: vitest ${project} ended with an error outside its tests`);
  }
}

function playwright() {
  heading('playwright: real processes, real browser');
  const file = join(results, 'playwright.json');
  const ok = run('playwright', ['test', '-c', 'test/playwright.config.ts'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  const report = readJson(file);
  if (report === undefined) {
    totals.failed++;
    remarks.push('failed: playwright gave no report');
    return;
  }
  totals.passed += report.stats.expected + report.stats.flaky;
  totals.failed += report.stats.unexpected;
  totals.skipped += report.stats.skipped;
  const visit = (suite) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'unexpected') remarks.push(`failed: e2e: ${spec.title}`);
        if (test.status === 'flaky') remarks.push(`passed at the second try: e2e: ${spec.title}`);
        if (test.status === 'skipped') {
          const why = test.annotations.map((a) => a.description ?? a.type).join(', ');
          remarks.push(`skipped: e2e: ${spec.title} (${why})`);
        }
      }
    }
    (suite.suites ?? []).forEach(visit);
  };
  report.suites.forEach(visit);
  if (!ok && report.stats.unexpected === 0) {
    totals.failed++;
    remarks.push('failed: playwright ended with an error outside its tests');
  }
}

function findChromium() {
  const named = process.env.CHROMIUM;
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return [named, ...known].find((path) => path && existsSync(path));
}

rmSync(results, { recursive: true, force: true });
if (!existsSync(bin)) {
  heading('npm ci (no node_modules yet)');
  if (!run('npm', ['ci', '--no-audit', '--no-fund'])) {
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}
mkdirSync(results, { recursive: true });
const built = check('build', 'npm', 'run', '--silent', 'build');
check('types', 'npm', 'run', '--silent', 'types');
check('lint', 'npm', 'run', '--silent', 'lint');
check('format', 'npm', 'run', '--silent', 'format:check');
vitest('node');
if (findChromium() === undefined && process.platform === 'linux') {
  totals.skipped++;
  remarks.push('skipped: everything in a browser: no Chromium here (apt-get install chromium)');
} else {
  vitest('browser');
  if (built) playwright();
}
heading('all of it');
remarks.forEach((line) => console.log(line));
if (totals.skipped > 0) console.log(`${totals.skipped} skipped`);
// This exact form, last: what a machine reads.
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
