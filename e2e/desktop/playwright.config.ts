import path from 'node:path';
import { defineConfig } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '../..');

export default defineConfig({
  fullyParallel: false,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  outputDir: path.join(root, 'test-results'),
  reporter: [['list']],
  projects: [
    {
      name: 'electron-double',
      testDir: path.join(root, 'e2e/electron-double'),
      testMatch: '**/*.spec.ts',
    },
    { name: 'desktop', testDir: path.join(root, 'e2e/desktop'), testMatch: '**/*.spec.ts' },
  ],
});
