'use strict';
const fs = require('node:fs');
const { strictClass, strictObject } = require('../kit/strict.cjs');

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

class NativeImage {
  #png;
  #template;
  #scales;
  /** The double's own: where the image came from. */
  path;

  constructor({ png, path, template = false, scales = [] }) {
    this.#png = png;
    this.#template = template;
    this.#scales = scales;
    this.path = path;
  }
  isEmpty() {
    return this.#png === undefined;
  }
  getSize() {
    if (!this.#png) return { width: 0, height: 0 };
    return { width: this.#png.readUInt32BE(16), height: this.#png.readUInt32BE(20) };
  }
  getScaleFactors() {
    return [1, ...this.#scales];
  }
  toPNG() {
    return this.#png ?? Buffer.alloc(0);
  }
  setTemplateImage(option) {
    this.#template = option;
  }
  isTemplateImage() {
    return this.#template;
  }
}
strictClass('NativeImage', NativeImage);

/** Electron answers an empty image for a file that is missing or is no image. */
function createFromPath(path) {
  const png = readPng(path);
  if (!png) return new NativeImage({ path });
  const twice = path.replace(/(\.png)$/i, '@2x$1');
  return new NativeImage({
    png,
    path,
    template: /Template(@[\d.]+x)?\.png$/.test(path),
    scales: readPng(twice) ? [2] : [],
  });
}

function createFromBuffer(buffer) {
  return new NativeImage(buffer.subarray(0, 8).equals(signature) ? { png: buffer } : {});
}

function readPng(path) {
  if (!fs.existsSync(path)) return undefined;
  const bytes = fs.readFileSync(path);
  return bytes.subarray(0, 8).equals(signature) ? bytes : undefined;
}

const nativeImage = strictObject('nativeImage', {
  createEmpty: () => new NativeImage({}),
  createFromBuffer,
  createFromPath,
});

module.exports = { nativeImage };
