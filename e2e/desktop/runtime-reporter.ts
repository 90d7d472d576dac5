import type { FullResult, Reporter } from '@playwright/test/reporter';
import { findRuntime } from './runtime.ts';

/** Says on what the desktop specs ran, so that a pass on the double is never taken for more. */
export default class RuntimeReporter implements Reporter {
  onEnd(result: FullResult): void {
    const { kind, name } = findRuntime();
    const what = kind === 'electron' ? name : `${name} (a stand-in; nothing here ran on Electron)`;
    console.log(`\ndesktop runtime: ${what}; ${result.status}`);
  }
  printsToStdio(): boolean {
    return false;
  }
}
