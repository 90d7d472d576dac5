import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { parseOptions } from '../config/options.ts';
import { type Key, keys } from '../config/settings.ts';
import { historySettings } from './history-settings.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-settings-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const load = (env: Record<string, string> = {}) =>
  loadConfig(parseOptions([]), { cwd, env, home: cwd, platform: 'linux' });

it('hands every setting of history on', () => {
  const read = new Set<Key>();
  const config = load();
  const values = new Proxy(
    { ...config.values },
    {
      get(all, key) {
        read.add(key as Key);
        return all[key as Key];
      },
    },
  );
  historySettings({ ...config, values });
  expect(keys.filter((key) => key.startsWith('history.') && !read.has(key))).toEqual([]);
});

it('begins files of the timeframes that are named', () => {
  const { beginTimeframes } = historySettings(load({ GATEHOUSE_HISTORY_TIMEFRAMES: '1m, 1h' }));
  expect(beginTimeframes).toEqual(['1m', '1h']);
});
