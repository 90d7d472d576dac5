import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configReference } from './reference.ts';

it('the configuration reference says what the table says (npm run docs)', () => {
  const written = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(written).toBe(configReference());
});
