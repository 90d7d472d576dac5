'use strict';
const { DoubleEvent, emitterBase, knownOptions, lacks, strictClass } = require('../kit/strict.cjs');
const { record } = require('../kit/recorder.cjs');
const { app } = require('./app.cjs');
const { needReady, runtime } = require('./runtime.cjs');
const { WebContents } = require('./web-contents.cjs');
const { checkWebPreferences, windowOptions } = require('./window-options.cjs');

const events = {
  emits: [
    'close',
    'closed',
    'show',
    'hide',
    'focus',
    'blur',
    'resize',
    'move',
    'maximize',
    'unmaximize',
    'minimize',
    'restore',
    'ready-to-show',
  ],
  byHand: ['session-end', 'query-session-end', 'unresponsive', 'responsive', 'resized', 'moved'],
};

let ids = 0;
let focused = null;

class BrowserWindow extends emitterBase('BrowserWindow', events) {
  #bounds;
  #visible = false;
  #minimized = false;
  #maximized = false;
  #destroyed = false;
  #title;
  #shownOnce = false;
  webContents;

  static getAllWindows() {
    return [...runtime.windows];
  }
  static getFocusedWindow() {
    return focused;
  }
  static fromWebContents(contents) {
    return [...runtime.windows].find((window) => window.webContents === contents) ?? null;
  }
  static fromId(id) {
    return [...runtime.windows].find((window) => window.id === id) ?? null;
  }

  constructor(given = {}) {
    needReady('A BrowserWindow was made');
    record('new BrowserWindow', [given]);
    knownOptions('BrowserWindow', given, windowOptions);
    const preferences = checkWebPreferences(given.webPreferences ?? {});
    super();
    this.id = ++ids;
    /** The double's own: the options as they were given. */
    this.options = given;
    this.#title = given.title ?? app.name;
    const { x = 0, y = 0, width = 800, height = 600 } = given;
    this.#bounds = { x, y, width, height };
    this.webContents = new WebContents(this, { bounds: this.#bounds, ...preferences });
    runtime.windows.add(this);
    app.emit('browser-window-created', new DoubleEvent(), this);
    app.emit('web-contents-created', new DoubleEvent(), this.webContents);
    if (given.show ?? true) this.show();
  }

  loadURL(url) {
    return this.webContents.loadURL(url);
  }
  loadFile() {
    throw lacks('BrowserWindow#loadFile: serve a scheme');
  }

  close() {
    if (this.#destroyed) return;
    const event = new DoubleEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy() {
    if (this.#destroyed) return;
    this.#destroyed = true;
    if (focused === this) focused = null;
    runtime.windows.delete(this);
    this.webContents.destroy();
    this.emit('closed');
    if (runtime.windows.size === 0) app.allWindowsClosed();
  }
  isDestroyed() {
    return this.#destroyed;
  }

  show() {
    this.showInactive();
    this.focus();
  }
  showInactive() {
    this.#alive();
    if (this.#visible) return;
    this.#visible = true;
    this.emit('show');
  }
  hide() {
    this.#alive();
    if (!this.#visible) return;
    this.blur();
    this.#visible = false;
    this.emit('hide');
  }
  isVisible() {
    this.#alive();
    return this.#visible && !this.#minimized;
  }
  focus() {
    this.#alive();
    if (focused === this) return;
    focused?.blur();
    focused = this;
    this.emit('focus');
  }
  blur() {
    if (focused !== this) return;
    focused = null;
    this.emit('blur');
  }
  isFocused() {
    return focused === this;
  }
  minimize() {
    this.#minimized = true;
    this.emit('minimize');
  }
  restore() {
    this.#minimized = false;
    this.emit('restore');
  }
  isMinimized() {
    return this.#minimized;
  }
  maximize() {
    this.#maximized = true;
    this.emit('maximize');
  }
  unmaximize() {
    this.#maximized = false;
    this.emit('unmaximize');
  }
  isMaximized() {
    return this.#maximized;
  }
  isFullScreen() {
    return false;
  }
  setBounds(bounds) {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.#applyBounds().catch(() => {});
    this.emit('resize');
    this.emit('move');
  }
  getBounds() {
    return { ...this.#bounds };
  }
  getNormalBounds() {
    return { ...this.#bounds };
  }
  setSize(width, height) {
    this.setBounds({ width, height });
  }
  getTitle() {
    return this.#title;
  }
  setTitle(title) {
    this.#title = title;
  }
  setMenu() {}
  removeMenu() {}
  setMenuBarVisibility() {}
  setIcon() {}
  setBackgroundColor() {}
  setSkipTaskbar() {}
  flashFrame() {}
  moveTop() {}

  /** The double's own: the first page has loaded. */
  firstLoad() {
    if (this.#shownOnce || this.#destroyed) return;
    this.#shownOnce = true;
    this.emit('ready-to-show');
  }

  async #applyBounds() {
    await this.webContents.opened;
    const { cdp } = this.webContents.target;
    const { windowId } = await cdp.send('Browser.getWindowForTarget');
    const { width, height } = this.#bounds;
    cdp.send('Browser.setWindowBounds', { windowId, bounds: { width, height } });
  }

  #alive() {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
  }
}

module.exports = { BrowserWindow: strictClass('BrowserWindow', BrowserWindow, ['firstLoad']) };
