'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { DoubleEvent, emitterBase, strictClass } = require('../kit/strict.cjs');
const { CommandLine } = require('./command-line.cjs');
const { pathsFor } = require('./app-paths.cjs');
const { runtime } = require('./runtime.cjs');
const { InstanceLock } = require('./single-instance.cjs');

const events = {
  emits: [
    'ready',
    'window-all-closed',
    'before-quit',
    'will-quit',
    'quit',
    'second-instance',
    'browser-window-created',
    'web-contents-created',
    'render-process-gone',
  ],
  byHand: ['activate', 'open-url', 'child-process-gone', 'certificate-error', 'login'],
};

class App extends emitterBase('app', events) {
  #name = 'Electron';
  #version = '0.0.0';
  #folder = process.cwd();
  #paths = new Map();
  #lock;
  #becomeReady;
  #readyPromise;
  commandLine = new CommandLine();
  /** Only macOS has a dock. */
  dock = undefined;
  isPackaged = false;

  constructor() {
    super();
    this.#readyPromise = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
  }

  /** The double's own: called by its start, before any code of the app. */
  configure({ folder, manifest, switches }) {
    this.#folder = folder;
    this.#name = manifest.productName ?? manifest.name ?? 'Electron';
    this.#version = manifest.version ?? '0.0.0';
    for (const [name, value] of switches) this.commandLine.appendSwitch(name, value);
    const dir = switches.get('user-data-dir');
    if (dir) this.#paths.set('userData', path.resolve(dir));
  }

  /** The double's own: called by its start when the browser runs. */
  becomeReady() {
    runtime.ready = true;
    this.#becomeReady();
    this.emit('ready', new DoubleEvent(), {});
  }

  get name() {
    return this.#name;
  }
  set name(name) {
    this.#name = name;
  }
  getName() {
    return this.#name;
  }
  setName(name) {
    this.#name = name;
  }
  getVersion() {
    return this.#version;
  }
  getAppPath() {
    return this.#folder;
  }
  getLocale() {
    return 'en-US';
  }
  getPath(name) {
    const found = this.#paths.get(name) ?? pathsFor(this.#name)[name];
    if (found === undefined) throw new Error(`Failed to get '${name}' path`);
    return found;
  }
  setPath(name, value) {
    if (!path.isAbsolute(value)) throw new Error('Path must be absolute');
    if (!fs.existsSync(value)) throw new Error(`Failed to set path: ${value} does not exist`);
    this.#paths.set(name, value);
  }
  isReady() {
    return runtime.ready;
  }
  whenReady() {
    return this.#readyPromise;
  }
  enableSandbox() {
    if (runtime.ready)
      throw new Error('app.enableSandbox() can only be called before app is ready');
  }
  disableHardwareAcceleration() {}
  setAsDefaultProtocolClient() {
    return true;
  }
  setAboutPanelOptions() {}
  focus() {
    [...runtime.windows].at(-1)?.focus();
  }

  requestSingleInstanceLock(additionalData = {}) {
    this.#lock ??= new InstanceLock(this.getPath('userData'), (argv, cwd, data) =>
      this.emit('second-instance', new DoubleEvent(), argv, cwd, data),
    );
    return this.#lock.take(additionalData);
  }
  hasSingleInstanceLock() {
    return this.#lock?.held ?? false;
  }
  releaseSingleInstanceLock() {
    this.#lock?.release();
  }

  quit() {
    if (runtime.quitting) return;
    const before = new DoubleEvent();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    runtime.quitting = true;
    const windows = [...runtime.windows];
    for (const window of windows) window.close();
    if (runtime.windows.size > 0) {
      runtime.quitting = false;
      return;
    }
    this.#leave();
  }

  /** The double's own: the last window has closed. */
  allWindowsClosed() {
    if (runtime.quitting) return;
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }

  #leave() {
    const will = new DoubleEvent();
    this.emit('will-quit', will);
    if (will.defaultPrevented) {
      runtime.quitting = false;
      return;
    }
    this.exit(0);
  }

  exit(code = 0) {
    runtime.quitting = true;
    for (const window of [...runtime.windows]) window.destroy();
    this.emit('quit', new DoubleEvent(), code);
    this.#lock?.release();
    // Also when it is still starting: a browser that outlives its app would keep the profile open.
    Promise.resolve(runtime.launching)
      .then((browser) => browser?.close())
      .finally(() => process.exit(code));
  }
}

strictClass('app', App, ['configure', 'becomeReady', 'allWindowsClosed']);
const app = new App();

module.exports = { app };
