'use strict';

/**
 * Electron's command line: `-r file`, then switches, then the app, then what belongs to the app.
 * Chromium reads its own switches wherever they stand.
 */
function splitArguments(given) {
  const requires = [];
  const switches = new Map();
  let appPath;
  for (let i = 0; i < given.length; i++) {
    const arg = given[i];
    if (arg === '-r' || arg === '--require') {
      requires.push(given[++i]);
    } else if (arg.startsWith('--')) {
      const cut = arg.indexOf('=');
      if (cut === -1) switches.set(arg.slice(2), '');
      else switches.set(arg.slice(2, cut), arg.slice(cut + 1));
    } else if (appPath === undefined) {
      appPath = arg;
    }
  }
  return { requires, switches, appPath };
}

module.exports = { splitArguments };
