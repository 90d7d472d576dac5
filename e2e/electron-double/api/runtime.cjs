'use strict';
// What the parts of the double share: whether the app is ready, and the browser once it runs.

const runtime = {
  /** Electron's own readiness; Playwright holds the app's `ready` back beyond it. */
  ready: false,
  quitting: false,
  /** The browser once it answers, and the promise of it from the moment it is started. */
  browser: undefined,
  launching: undefined,
  windows: new Set(),
  contents: new Set(),
};

function needReady(what) {
  if (!runtime.ready) throw new Error(`${what} before the 'ready' event of the app module`);
}

module.exports = { needReady, runtime };
