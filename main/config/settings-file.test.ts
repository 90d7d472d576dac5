import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveSetting } from './settings-file.ts';
import { yamlLayer } from './yaml-layer.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-settings-'));
  file = path.join(folder, 'settings.yaml');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('a saved setting is read back', () => {
  saveSetting(file, 'watchlist', ['AAPL', 'BRK.B']);
  saveSetting(file, 'ndjson.port', 4);
  saveSetting(file, 'watchlist', ['MSFT']);
  const layer = yamlLayer(file, 'window', true);
  expect(layer.get('watchlist')?.raw).toEqual(['MSFT']);
  expect(layer.get('ndjson.port')?.raw).toBe(4);
});

it('what a person wrote beside it stays, comments too', () => {
  writeFileSync(file, '# mine\nhttp:\n  port: 9 # chosen\n');
  saveSetting(file, 'http.host', 'localhost');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('# mine');
  expect(text).toContain('port: 9 # chosen');
  expect(yamlLayer(file, 'window', true).get('http.host')?.raw).toBe('localhost');
});
