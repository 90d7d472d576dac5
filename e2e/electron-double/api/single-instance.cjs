'use strict';
const fs = require('node:fs');
const path = require('node:path');

/**
 * Electron answers at once whether this is the first instance, so this cannot be a socket: a lock
 * file decides, and later instances leave a note in a folder the first one watches.
 */
class InstanceLock {
  #file;
  #notes;
  #onNote;
  #watcher;
  held = false;

  constructor(userData, onNote) {
    fs.mkdirSync(userData, { recursive: true });
    this.#file = path.join(userData, 'double-instance.lock');
    this.#notes = path.join(userData, 'double-instance.notes');
    this.#onNote = onNote;
  }

  take(additionalData) {
    if (this.held) return true;
    if (this.#create() || this.#takeOver()) {
      this.held = true;
      this.#watch();
      return true;
    }
    this.#leaveNote(additionalData);
    return false;
  }

  release() {
    if (!this.held) return;
    this.held = false;
    this.#watcher?.close();
    fs.rmSync(this.#file, { force: true });
    fs.rmSync(this.#notes, { recursive: true, force: true });
  }

  #create() {
    try {
      fs.writeFileSync(this.#file, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      return false;
    }
  }

  #takeOver() {
    try {
      process.kill(Number(fs.readFileSync(this.#file, 'utf8')), 0);
      return false;
    } catch {
      fs.rmSync(this.#file, { force: true });
      return this.#create();
    }
  }

  #watch() {
    fs.rmSync(this.#notes, { recursive: true, force: true });
    fs.mkdirSync(this.#notes, { recursive: true });
    this.#watcher = fs.watch(this.#notes, (_, name) => {
      if (!name?.endsWith('.json')) return;
      const file = path.join(this.#notes, name);
      if (!fs.existsSync(file)) return;
      const { argv, cwd, additionalData } = JSON.parse(fs.readFileSync(file, 'utf8'));
      fs.rmSync(file);
      this.#onNote(argv, cwd, additionalData);
    });
    this.#watcher.unref();
  }

  #leaveNote(additionalData) {
    fs.mkdirSync(this.#notes, { recursive: true });
    const file = path.join(this.#notes, `${process.pid}`);
    const note = { argv: process.argv, cwd: process.cwd(), additionalData };
    fs.writeFileSync(file, JSON.stringify(note));
    fs.renameSync(file, `${file}.json`);
  }
}

module.exports = { InstanceLock };
