import { writeFileSync } from 'node:fs';
import { configReference } from '../main/config/reference.ts';

/** Writes the documents that are made from the source. A test fails when one is out of date. */
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configReference());
