import { defineConfig } from '@playwright/test';
import { desktopProjects } from './e2e/desktop/projects.ts';
import { browserFlags } from './e2e/support/browser.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  timeout: 60_000,
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  expect: { timeout: 15_000 },
  projects: [
    ...desktopProjects(),
    { name: 'program', testDir: 'e2e/program' },
    {
      name: 'web',
      testDir: 'e2e/web',
      use: {
        launchOptions: {
          args: [...browserFlags],
          ...(process.env['GATEHOUSE_CHROMIUM']
            ? { executablePath: process.env['GATEHOUSE_CHROMIUM'] }
            : {}),
        },
      },
    },
  ],
});
