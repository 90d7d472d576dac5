import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['**/node_modules/**', 'out/**', 'dist/**', '.worktrees/**', 'e2e/**/*.spec.ts'],
    testTimeout: process.env['GATEHOUSE_PROOF'] ? 1_800_000 : 30_000,
    hookTimeout: 30_000,
  },
});
