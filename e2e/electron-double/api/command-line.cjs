'use strict';
const { strictClass } = require('../kit/strict.cjs');

class CommandLine {
  #switches = new Map();

  appendSwitch(name, value = '') {
    const before = this.#switches.get(name);
    const joins = name === 'enable-features' || name === 'disable-features';
    this.#switches.set(name, joins && before ? `${before},${value}` : value);
  }
  appendArgument() {}
  hasSwitch(name) {
    return this.#switches.has(name);
  }
  getSwitchValue(name) {
    return this.#switches.get(name) ?? '';
  }
  removeSwitch(name) {
    this.#switches.delete(name);
  }
  /** The double's own. */
  all() {
    return [...this.#switches];
  }
}

module.exports = { CommandLine: strictClass('app.commandLine', CommandLine, ['all']) };
