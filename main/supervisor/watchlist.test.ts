import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { parseOptions } from '../config/options.ts';
import { Watchlist } from './watchlist.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-watchlist-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function open(yaml: string): Watchlist {
  writeFileSync(path.join(folder, 'settings.yaml'), yaml);
  const given = { cwd: folder, env: {}, home: folder, platform: 'linux' } as const;
  return new Watchlist(loadConfig(parseOptions(['--data-dir', folder]), given), []);
}

describe('the watchlist', () => {
  it('keeps one series of a ticker, however it is typed', () => {
    const list = open('watchlist: [BRK.B]\n');
    expect(list.add('brk b')).toBe(false);
    expect(list.add('ko')).toBe(true);
    expect(list.symbols).toEqual(['BRK.B', 'KO']);
    expect(list.remove('Brk B')).toBe(true);
    expect(list.symbols).toEqual(['KO']);
  });

  it('that comes from an option is changed for this run only', () => {
    const given = { cwd: folder, env: {}, home: folder, platform: 'linux' } as const;
    const options = parseOptions(['--data-dir', folder, '--watchlist', 'AAPL']);
    const list = new Watchlist(loadConfig(options, given), []);
    expect(list.add('SPY')).toBe(true);
    expect(list.symbols).toEqual(['AAPL', 'SPY']);
    expect(existsSync(path.join(folder, 'settings.yaml'))).toBe(false);
  });

  it('takes a name that somebody chose as it is written', () => {
    const list = open('watchlist: [dax]\ncontracts: { bund b: { symbol: FGBL } }\n');
    expect(list.add('bund b')).toBe(true);
    expect(list.symbols).toEqual(['dax', 'bund b']);
    expect(list.remove('dax')).toBe(true);
  });
});
