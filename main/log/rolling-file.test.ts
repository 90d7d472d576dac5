import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RollingFile } from './rolling-file.ts';

let dir: string;

beforeEach(() => {
  dir = path.join(mkdtempSync(path.join(os.tmpdir(), 'gatehouse-rolling-')), 'logs');
});
afterEach(() => {
  rmSync(path.dirname(dir), { recursive: true, force: true });
});

const open = () => new RollingFile({ dir, maxBytes: 20, keep: 3 });
const read = (name: string) => readFileSync(path.join(dir, name), 'utf8');

it('a full file is put aside, and only so many are kept', () => {
  const file = open();
  for (let line = 1; line <= 9; line++) file.write(`this is line ${line}\n`);
  file.close();
  expect(readdirSync(dir).sort()).toEqual(['gatehouse.1.log', 'gatehouse.2.log', 'gatehouse.log']);
  expect(read('gatehouse.log')).toBe('this is line 9\n');
  expect(read('gatehouse.1.log')).toBe('this is line 7\nthis is line 8\n');
  expect(read('gatehouse.2.log')).toBe('this is line 5\nthis is line 6\n');
});

it('a later start goes on in the same file', () => {
  const first = open();
  first.write('one\n');
  first.close();
  const second = open();
  second.write('two\n');
  second.close();
  expect(read('gatehouse.log')).toBe('one\ntwo\n');
});

it('a line after the end goes nowhere', () => {
  const file = open();
  file.close();
  file.write('late\n');
  expect(read('gatehouse.log')).toBe('');
});

it('a folder that has become unusable ends nothing', () => {
  const file = open();
  rmSync(dir, { recursive: true });
  writeFileSync(dir, '');
  for (let line = 0; line < 5; line++) file.write('a line that cannot be kept\n');
  file.close();
});
