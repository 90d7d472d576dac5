'use strict';
const { addScheme, schemeOf } = require('../chromium/urls.cjs');
const { knownOptions, strictClass } = require('../kit/strict.cjs');
const { needReady, runtime } = require('./runtime.cjs');

const privileges = [
  'standard',
  'secure',
  'bypassCSP',
  'allowServiceWorkers',
  'supportFetchAPI',
  'corsEnabled',
  'stream',
  'codeCache',
];

class Protocol {
  #privileged = new Map();
  #handlers = new Map();

  registerSchemesAsPrivileged(schemes) {
    if (runtime.ready) {
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    }
    for (const { scheme, privileges: given = {} } of schemes) {
      knownOptions('a privileged scheme', given, privileges);
      this.#privileged.set(scheme, given);
    }
  }

  handle(scheme, handler) {
    needReady('protocol.handle was called');
    if (this.#handlers.has(scheme)) throw new Error(`The scheme has been registered: ${scheme}`);
    // A page of a scheme that is not standard has an opaque origin in Electron: nothing would work.
    if (!this.#privileged.get(scheme)?.standard) {
      throw new Error(`The double serves only schemes registered as standard: ${scheme}`);
    }
    this.#handlers.set(scheme, handler);
    addScheme(scheme);
  }

  unhandle(scheme) {
    this.#handlers.delete(scheme);
  }
  isProtocolHandled(scheme) {
    return this.#handlers.has(scheme);
  }

  /** The double's own. */
  handlerFor(url) {
    return this.#handlers.get(schemeOf(url));
  }
}

strictClass('protocol', Protocol, ['handlerFor']);

module.exports = { protocol: new Protocol() };
