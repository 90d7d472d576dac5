'use strict';
const { knownOptions, lacks } = require('../kit/strict.cjs');

/** Honoured, or known to change nothing that the double shows. */
const windowOptions = [
  'x',
  'y',
  'width',
  'height',
  'minWidth',
  'minHeight',
  'show',
  'title',
  'icon',
  'backgroundColor',
  'autoHideMenuBar',
  'titleBarStyle',
  'webPreferences',
  'darkTheme',
  'useContentSize',
  'center',
  'fullscreenable',
  'paintWhenInitiallyHidden',
];

const preferenceNames = [
  'preload',
  'contextIsolation',
  'sandbox',
  'nodeIntegration',
  'nodeIntegrationInWorker',
  'nodeIntegrationInSubFrames',
  'webSecurity',
  'allowRunningInsecureContent',
  'experimentalFeatures',
  'webviewTag',
  'devTools',
  'spellcheck',
  'navigateOnDragDrop',
  'safeDialogs',
  'disableDialogs',
  'webgl',
  'plugins',
  'images',
  'enableWebSQL',
  'backgroundThrottling',
  'autoplayPolicy',
];

/** The double cannot imitate a page with these, and will not pretend that nothing changed. */
const impossible = {
  sandbox: false,
  nodeIntegration: true,
  nodeIntegrationInWorker: true,
  nodeIntegrationInSubFrames: true,
  webSecurity: false,
  allowRunningInsecureContent: true,
  experimentalFeatures: true,
  webviewTag: true,
  plugins: true,
};

function checkWebPreferences(given) {
  knownOptions('webPreferences', given, preferenceNames);
  for (const [name, value] of Object.entries(impossible)) {
    if (given[name] === value) throw lacks(`a page with webPreferences.${name}: ${value}`);
  }
  return { preload: given.preload, contextIsolation: given.contextIsolation ?? true };
}

module.exports = { checkWebPreferences, windowOptions };
