'use strict';
const { launchChromium } = require('../chromium/chromium.cjs');
const { app } = require('./app.cjs');
const { closeStrangers, followTargets } = require('./targets.cjs');
const { runtime } = require('./runtime.cjs');

/** Loads the app's entry, then raises the browser with whatever switches the entry has added. */
async function start(loadEntry) {
  // Electron quits in order on these, unless the app listens for itself.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) app.quit();
    });
  }
  await loadEntry();
  if (runtime.quitting) return;
  runtime.launching = launchChromium({
    userData: app.getPath('userData'),
    switches: app.commandLine.all(),
  });
  const browser = await runtime.launching;
  // Asked to quit meanwhile: whoever asked closes it.
  browser.exited.then(() => {
    // In Electron the browser is this very process.
    if (!runtime.quitting) process.exit(70);
  });
  if (runtime.quitting) return;
  runtime.browser = browser;
  try {
    await followTargets(browser.connection, closeStrangers);
  } catch (error) {
    if (runtime.quitting) return;
    throw error;
  }
  if (!runtime.quitting) app.becomeReady();
}

module.exports = { start };
