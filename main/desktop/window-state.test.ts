import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSize, readWindowState, visibleBounds, writeWindowState } from './window-state.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-window-'));
  file = path.join(folder, 'window.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bounds = { x: 10, y: 20, width: 900, height: 600 };
const initial = { bounds: null, maximized: false, toldAboutTray: false };

describe('the place of the window', () => {
  it('is kept from one start to the next', () => {
    const state = { bounds, maximized: true, toldAboutTray: true };
    writeWindowState(file, state);
    expect(readWindowState(file)).toEqual({ state, problem: null });
    expect(readdirSync(folder)).toEqual(['window.json']);
  });

  it('is nowhere yet at the first start, which is no problem', () => {
    expect(readWindowState(file)).toEqual({ state: initial, problem: null });
  });

  it.each([
    ['nothing', ''],
    ['half a line', '{"bounds":{"x":1'],
    ['another thing', '[1,2,3]'],
    [
      'no number',
      '{"bounds":{"x":"1","y":0,"width":900,"height":600},"maximized":false,"toldAboutTray":false}',
    ],
    [
      'a tiny window',
      '{"bounds":{"x":1,"y":0,"width":1,"height":1},"maximized":false,"toldAboutTray":false}',
    ],
    [
      'a place beyond reason',
      '{"bounds":{"x":1e300,"y":0,"width":900,"height":600},"maximized":false,"toldAboutTray":false}',
    ],
    ['bytes', '\u0000\u0001\ufffd'],
  ])('is forgotten when its file holds %s', (_what, text) => {
    writeFileSync(file, text);
    const { state, problem } = readWindowState(file);
    expect(state).toEqual(initial);
    expect(problem).not.toBeNull();
  });

  it('is forgotten when its file cannot be read', () => {
    mkdirSync(file);
    expect(readWindowState(file)).toMatchObject({ state: initial, problem: expect.any(String) });
  });
});

describe('where the window opens', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1040 };

  it('is where it was, while a display is there', () => {
    expect(visibleBounds(bounds, [display])).toEqual(bounds);
    const onSecond = { ...bounds, x: 2_500 };
    expect(visibleBounds(onSecond, [display, { ...display, x: 1920 }])).toEqual(onSecond);
  });

  it('is left to the system when that place is on no display', () => {
    for (const change of [{ x: 5_000 }, { x: -2_000 }, { y: 2_000 }, { y: -50 }]) {
      expect(visibleBounds({ ...bounds, ...change }, [display])).toEqual({
        width: 900,
        height: 600,
      });
    }
  });

  it('is of a good size the first time', () => {
    expect(visibleBounds(null, [display])).toEqual(defaultSize);
  });
});
