'use strict';
const { emitterBase, strictClass } = require('../kit/strict.cjs');
const { nativeImage } = require('./native-image.cjs');
const { record } = require('../kit/recorder.cjs');
const { needReady } = require('./runtime.cjs');

const trays = new Set();

class Tray extends emitterBase('Tray', {
  byHand: ['click', 'right-click', 'double-click', 'balloon-click', 'mouse-enter', 'mouse-leave'],
}) {
  #destroyed = false;

  constructor(image) {
    needReady('A Tray was made');
    if (process.env.ELECTRON_DOUBLE_NO_TRAY) throw new Error('This desktop has no tray.');
    super();
    record('new Tray', [image]);
    /** The double's own fields; Electron's Tray has no such getters. */
    this.shown = { image: imageOf(image), toolTip: '', menu: null };
    trays.add(this);
  }

  setImage(image) {
    this.#alive();
    this.shown.image = imageOf(image);
  }
  setToolTip(text) {
    this.#alive();
    this.shown.toolTip = text;
  }
  setContextMenu(menu) {
    this.#alive();
    this.shown.menu = menu;
  }
  popUpContextMenu() {
    this.#alive();
  }
  getBounds() {
    return { x: 0, y: 0, width: 0, height: 0 };
  }
  destroy() {
    this.#destroyed = true;
    trays.delete(this);
  }
  isDestroyed() {
    return this.#destroyed;
  }

  #alive() {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
  }
}

function imageOf(image) {
  const loaded = typeof image === 'string' ? nativeImage.createFromPath(image) : image;
  if (loaded.isEmpty() && typeof image === 'string') {
    throw new Error(`Failed to load image from path '${image}'`);
  }
  return loaded;
}

module.exports = { Tray: strictClass('Tray', Tray), trays };
