'use strict';
// Makes `electron` resolve to the double, for require and for import alike.
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const names = new Set(['electron', 'electron/main', 'electron/common']);
const file = path.join(__dirname, '..', 'api', 'electron.cjs');

function installHooks() {
  const load = Module._load;
  Module._load = function (request, ...rest) {
    return load.call(this, names.has(request) ? file : request, ...rest);
  };
  // module.registerHooks does the same without a thread, but Node 20 does not have it.
  Module.register(pathToFileURL(path.join(__dirname, 'resolve.mjs')));
}

module.exports = { installHooks };
