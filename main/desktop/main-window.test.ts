import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { silentLog } from '../kit/log.ts';
import { RecordingWindow } from './recording-electron.ts';

vi.mock('electron', async () => (await import('./recording-electron.ts')).recordingElectron);
const { MainWindow } = await import('./main-window.ts');

let folder = '';
let clock: FakeClock;
let closing: 'hide' | 'quit' | 'close';
const told = { hidden: 0, quits: 0 };

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-main-window-'));
  clock = new FakeClock();
  closing = 'hide';
  told.hidden = 0;
  told.quits = 0;
  RecordingWindow.made.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function newWindow() {
  return new MainWindow({
    preload: '/preload.cjs',
    icon: '/icon.png',
    stateFile: path.join(folder, 'window.json'),
    devTools: false,
    clock,
    log: silentLog,
    closing: () => closing,
    quit: () => {
      told.quits++;
    },
    hiddenFirstTime: () => {
      told.hidden++;
    },
  });
}

function made(): RecordingWindow {
  return RecordingWindow.made.at(-1) as RecordingWindow;
}

function close(): boolean {
  let prevented = false;
  made().emit('close', { preventDefault: () => (prevented = true) });
  return prevented;
}

function crash(): void {
  made().webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
}

describe('the window', () => {
  it('opens the window’s page and appears when that is there', () => {
    newWindow().show();
    expect(made().webContents.loaded).toEqual(['app://gatehouse/index.html']);
    expect(made().visible).toBe(false);
    made().emit('ready-to-show');
    expect(made().visible).toBe(true);
  });

  it('is hidden by closing, and tells so once in the life of its data folder', () => {
    newWindow().show();
    made().emit('ready-to-show');
    expect([close(), made().visible, told.hidden]).toEqual([true, false, 1]);
    close();
    newWindow().show();
    close();
    expect(told.hidden).toBe(1);
  });

  it('quits by closing where there is no tray to come back from', () => {
    closing = 'quit';
    newWindow().show();
    expect([close(), told.quits]).toEqual([true, 1]);
  });

  it('lets go while the app quits', () => {
    closing = 'close';
    newWindow().show();
    expect(close()).toBe(false);
  });

  it('comes back after a crash, later and later when it crashes in a loop', () => {
    newWindow().show();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      const before = RecordingWindow.made.length;
      crash();
      const start = clock.now();
      while (RecordingWindow.made.length === before) clock.advance(100);
      waits.push(clock.now() - start);
    }
    expect(waits).toEqual([100, 1_000, 5_000, 15_000]);
    expect(RecordingWindow.made.slice(0, -1).every(({ destroyed }) => destroyed)).toBe(true);
  });

  it('does not jump out of hiding because it crashed', () => {
    newWindow().show();
    made().emit('ready-to-show');
    close();
    crash();
    clock.advance(10);
    made().emit('ready-to-show');
    expect(made().visible).toBe(false);
  });

  it('comes at once when it is asked for, however often it crashed', () => {
    const window = newWindow();
    window.show();
    for (let i = 0; i < 3; i++) {
      crash();
      if (i < 2) clock.advance(10_000);
    }
    const before = RecordingWindow.made.length;
    window.show();
    expect(RecordingWindow.made.length).toBe(before + 1);
    clock.advance(60_000);
    expect(RecordingWindow.made.length).toBe(before + 1);
  });

  it('opens where it was', () => {
    const window = newWindow();
    window.show();
    window.destroy();
    newWindow().show();
    expect(made().options).toMatchObject({ x: 1, y: 2, width: 900, height: 600 });
    expect(clock.pending).toBe(0);
  });
});
