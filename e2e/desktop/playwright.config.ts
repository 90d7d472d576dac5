import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { desktopProjects } from './projects.ts';
import { root } from './runtime.ts';

/** `npm run test:desktop`: only the desktop, with a last line that names the runtime. */
export default defineConfig({
  testMatch: '**/*.spec.ts',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  outputDir: path.join(root, 'test-results/desktop'),
  reporter: [['list'], [path.join(import.meta.dirname, 'runtime-reporter.ts')]],
  projects: desktopProjects(),
});
