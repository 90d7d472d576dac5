import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Document, parseDocument } from 'yaml';
import type { Key } from './settings.ts';

/** Writes one value into settings.yaml and keeps whatever else a person wrote there. */
export function saveSetting(file: string, key: Key, value: unknown): void {
  const document = read(file);
  document.setIn(key.split('.'), value);
  const draft = `${file}.new`;
  writeFileSync(draft, document.toString(), { mode: 0o600 });
  renameSync(draft, file);
}

function read(file: string): Document {
  try {
    return parseDocument(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return parseDocument('# What was changed in the window.\n');
  }
}
