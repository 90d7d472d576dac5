'use strict';
const { emitterBase, strictClass, strictObject } = require('../kit/strict.cjs');
const { protocol } = require('./protocol.cjs');
const { needReady } = require('./runtime.cjs');

class WebRequest {
  #beforeRequest;

  onBeforeRequest(filterOrListener, maybeListener) {
    const listener = maybeListener === undefined ? filterOrListener : maybeListener;
    const filter = maybeListener === undefined ? { urls: [] } : filterOrListener;
    if (listener !== null && filter.urls.some((url) => url !== '<all_urls>')) {
      throw new Error('The double filters requests only by <all_urls> or not at all.');
    }
    this.#beforeRequest = listener ?? undefined;
  }

  /** The double's own: asks the app's listener about one request. */
  ask(details) {
    if (!this.#beforeRequest) return Promise.resolve({});
    return new Promise((resolve) => this.#beforeRequest(details, resolve));
  }
}
strictClass('session.webRequest', WebRequest, ['ask']);

class Session extends emitterBase('session', { byHand: ['will-download', 'select-hid-device'] }) {
  webRequest = new WebRequest();
  protocol = protocol;
  #permissionRequest;
  #permissionCheck;

  setPermissionRequestHandler(handler) {
    this.#permissionRequest = handler ?? undefined;
  }
  setPermissionCheckHandler(handler) {
    this.#permissionCheck = handler ?? undefined;
  }
  setDevicePermissionHandler() {}
  setDisplayMediaRequestHandler() {}
  setSpellCheckerEnabled() {}
  setSpellCheckerDictionaryDownloadURL() {}
  setSpellCheckerLanguages() {}
  async clearStorageData() {}

  /** The double's own: what the app's two handlers say of one permission. */
  async permits(contents, permission, origin) {
    const details = { requestingUrl: `${origin}/`, isMainFrame: true };
    const check = this.#permissionCheck;
    if (check && !check(contents, permission, origin, details)) return false;
    const request = this.#permissionRequest;
    if (!request) return true;
    return await new Promise((resolve) => request(contents, permission, resolve, details));
  }
}
strictClass('session', Session, ['permits']);

const defaultSession = new Session();
const session = strictObject('session', {
  Session,
  get defaultSession() {
    needReady('session.defaultSession was read');
    return defaultSession;
  },
});

module.exports = { defaultSession, session };
