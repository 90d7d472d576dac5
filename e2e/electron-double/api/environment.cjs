'use strict';
// The desktop around the app. Nothing here happens by itself: a test raises the events by hand.
const { emitterBase, strictClass, strictObject } = require('../kit/strict.cjs');
const { needReady } = require('./runtime.cjs');

class NativeTheme extends emitterBase('nativeTheme', { emits: ['updated'] }) {
  #source = 'system';
  shouldUseHighContrastColors = false;
  shouldUseDarkColorsForSystemIntegratedUI = false;
  prefersReducedTransparency = false;

  get shouldUseDarkColors() {
    return this.#source === 'dark';
  }
  get themeSource() {
    return this.#source;
  }
  set themeSource(source) {
    if (!['system', 'light', 'dark'].includes(source)) throw new TypeError('Invalid themeSource');
    this.#source = source;
    this.emit('updated');
  }
}

class PowerMonitor extends emitterBase('powerMonitor', {
  byHand: ['suspend', 'resume', 'lock-screen', 'unlock-screen', 'shutdown', 'on-ac', 'on-battery'],
}) {
  isOnBatteryPower() {
    return false;
  }
  getSystemIdleTime() {
    return 0;
  }
}

class PowerSaveBlocker {
  #next = 0;
  #active = new Set();

  start(type) {
    if (type !== 'prevent-app-suspension' && type !== 'prevent-display-sleep') {
      throw new TypeError(`Invalid type of power save blocker: ${type}`);
    }
    this.#active.add(this.#next);
    return this.#next++;
  }
  stop(id) {
    return this.#active.delete(id);
  }
  isStarted(id) {
    return this.#active.has(id);
  }
}

const display = {
  id: 1,
  scaleFactor: 1,
  rotation: 0,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
  workAreaSize: { width: 1920, height: 1040 },
  size: { width: 1920, height: 1080 },
};

class Screen extends emitterBase('screen', {
  byHand: ['display-added', 'display-removed', 'display-metrics-changed'],
}) {
  getPrimaryDisplay() {
    needReady('screen was used');
    return structuredClone(display);
  }
  getAllDisplays() {
    needReady('screen was used');
    return [structuredClone(display)];
  }
  getDisplayMatching() {
    return this.getPrimaryDisplay();
  }
}

class Clipboard {
  #text = '';
  writeText(text) {
    this.#text = String(text);
  }
  readText() {
    return this.#text;
  }
  clear() {
    this.#text = '';
  }
}

/** Recorded, never done: a test must not open anything on the machine it runs on. */
const shell = strictObject('shell', {
  openExternal: async () => undefined,
  openPath: async () => '',
  showItemInFolder: () => undefined,
  beep: () => undefined,
});

/** A box with one button needs no answer; the others do, and nobody is there to give one. */
const dialog = strictObject('dialog', { showErrorBox: () => undefined });

const environment = {
  dialog,
  clipboard: new (strictClass('clipboard', Clipboard))(),
  nativeTheme: new (strictClass('nativeTheme', NativeTheme))(),
  powerMonitor: new (strictClass('powerMonitor', PowerMonitor))(),
  powerSaveBlocker: new (strictClass('powerSaveBlocker', PowerSaveBlocker))(),
  screen: new (strictClass('screen', Screen))(),
  shell,
};

module.exports = { environment };
