import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileRows, rowCodeFile, rowCodeModule } from './code.ts';

it('carries the row parser as its source has it', async () => {
  expect(readFileSync(rowCodeFile, 'utf8'), 'npm run rows brings it up to date').toBe(
    rowCodeModule(await compileRows()),
  );
});
