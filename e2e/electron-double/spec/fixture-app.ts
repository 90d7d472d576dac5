/// <reference lib="dom" />
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';

export const doubleFolder = path.resolve(import.meta.dirname, '..');
export const fixtureFolder = path.join(doubleFolder, 'fixture');

/** What the fixture app keeps where a test can read it. */
export interface FixtureState {
  readonly seen: unknown[];
  readonly refused: string[];
  readonly opened: string[];
  readonly permissions: string[];
  readonly gone: { reason: string; exitCode: number }[];
  closes: 'destroy' | 'hide';
}

declare global {
  var fixture: FixtureState;
}

export async function launchFixture(
  userData: string,
  args: readonly string[] = [],
): Promise<ElectronApplication> {
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = doubleFolder;
  return await _electron.launch({
    args: [fixtureFolder, `--user-data-dir=${userData}`, ...args],
    cwd: fixtureFolder,
  });
}

export async function firstPage(app: ElectronApplication): Promise<Page> {
  const page = await app.firstWindow();
  await page.waitForURL((url) => url.pathname === '/index.html', { waitUntil: 'load' });
  return page;
}

export const test = base.extend<{ userData: string; app: ElectronApplication; page: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
  userData: async ({}, use) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'electron-double-'));
    await use(folder);
    // Chromium's helpers may still be writing for a moment after it has gone.
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  },
  app: async ({ userData }, use) => {
    const app = await launchFixture(userData);
    await use(app);
    await app.close();
  },
  page: async ({ app }, use) => use(await firstPage(app)),
});

export { expect } from '@playwright/test';
