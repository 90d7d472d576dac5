import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './find-browser.ts';

/** Everything that proves the product, in one run, with one sum at its end. */

interface Sum {
  passed: number;
  failed: number;
  skipped: number;
}

const sum: Sum = { passed: 0, failed: 0, skipped: 0 };
/** Ends with the name of what the desktop specs ran on. */
const runtimeReporter = fileURLToPath(
  new URL('../e2e/desktop/runtime-reporter.ts', import.meta.url),
);
const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-test-'));

function step(
  title: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  console.log(`\n── ${title}`);
  const began = Date.now();
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  console.log(`── ${title}: ${status === 0 ? 'well' : 'failed'}, ${seconds(began)}`);
  return status === 0;
}

/** A step that is one test by itself. */
function single(title: string, command: string, args: readonly string[]): boolean {
  const well = step(title, command, args);
  if (well) sum.passed++;
  else sum.failed++;
  return well;
}

function unit(): void {
  const file = path.join(folder, 'unit.json');
  const well = step('unit tests', 'npx', [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = readReport<{
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
  }>(file);
  add(report && [report.numPassedTests, report.numFailedTests, report.numPendingTests], well);
}

function endToEnd(browser: string): void {
  const file = path.join(folder, 'e2e.json');
  const well = step(
    'end to end',
    'npx',
    ['playwright', 'test', `--reporter=list,json,${runtimeReporter}`],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      GATEHOUSE_CHROMIUM: browser,
    },
  );
  const report = readReport<{
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  }>(file)?.stats;
  add(report && [report.expected + report.flaky, report.unexpected, report.skipped], well);
}

function add(counts: readonly [number, number, number] | null | undefined, well: boolean): void {
  const [passed, failed, skipped] = counts ?? [0, 0, 0];
  sum.passed += passed;
  // A runner that fails without a failed test (a crash, an unhandled error) is a failure too.
  sum.failed += well ? failed : Math.max(failed, 1);
  sum.skipped += skipped;
}

function readReport<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1_000).toFixed(1)} s`;
}

try {
  const browser = await findBrowser((line) => console.log(line));
  console.log(`Browser: ${browser}`);
  if (single('lint, import rules and types', 'npm', ['run', '--silent', 'check'])) {
    if (single('build', 'npm', ['run', '--silent', 'build'])) {
      unit();
      endToEnd(browser);
    }
  }
} catch (error) {
  console.error((error as Error).message);
  sum.failed++;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`);
process.exit(sum.failed === 0 ? 0 : 1);
