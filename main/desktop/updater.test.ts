import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../kit/log.ts';
import { type AutoUpdater, startUpdater } from './updater.ts';

let resources = '';
beforeEach(() => {
  resources = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-update-'));
});
afterEach(() => rmSync(resources, { recursive: true, force: true }));

function fakeUpdater() {
  const listeners = new Map<string, (value: never) => void>();
  const updater = {
    autoDownload: false,
    autoInstallOnAppQuit: false,
    allowDowngrade: true,
    checks: 0,
    on(event: string, listener: (value: never) => void) {
      listeners.set(event, listener);
    },
    async checkForUpdates() {
      updater.checks++;
      throw new Error('no network');
    },
  };
  return { updater, listeners };
}

async function start(packaged: boolean) {
  const { updater, listeners } = fakeUpdater();
  const told: string[] = [];
  const state = await startUpdater({
    packaged,
    resources,
    log: silentLog,
    load: async () => updater as unknown as AutoUpdater,
    ready: (version) => told.push(version),
  });
  return { state, updater, listeners, told };
}

describe('the updater', () => {
  it('is off in a build without an address to ask', async () => {
    expect((await start(true)).state).toBe('off');
    writeFileSync(path.join(resources, 'app-update.yml'), '');
    expect((await start(false)).state).toBe('off');
  });

  it('fetches in the background, waits for the quit and survives having no network', async () => {
    writeFileSync(path.join(resources, 'app-update.yml'), '');
    const { state, updater, listeners, told } = await start(true);
    expect(state).toBe('checking');
    expect(updater).toMatchObject({
      autoDownload: true,
      autoInstallOnAppQuit: true,
      allowDowngrade: false,
      checks: 1,
    });
    listeners.get('update-downloaded')?.({ version: '2.0.0' } as never);
    expect(told).toEqual(['2.0.0']);
  });
});
