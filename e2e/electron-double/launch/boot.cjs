'use strict';
// What Electron's own start does: read the command line, load the app's main entry, raise the
// browser, say `ready`.
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { splitArguments } = require('./arguments.cjs');
const { installHooks } = require('./hooks.cjs');

const given = process.argv.slice(2);
const { requires, switches, appPath } = splitArguments(given);
const executable = process.env.ELECTRON_DOUBLE_EXECUTABLE ?? path.join(__dirname, '..', 'electron');

// Children started by the app must inherit neither the inspector nor this file.
process.execArgv.length = 0;
delete process.env.ELECTRON_DOUBLE_EXECUTABLE;
process.execPath = executable;
process.argv = [executable, ...given];
process.defaultApp = true;
process.type = 'browser';
process.resourcesPath = path.join(path.dirname(executable), 'resources');
Object.defineProperty(process.versions, 'electron', { value: '0.0.0-double', enumerable: true });

installHooks();
const { app } = require('../api/electron.cjs');
const { start } = require('../api/app-start.cjs');

const folder = path.resolve(appPath ?? '.');
const manifest = readManifest(folder);
app.configure({ folder, manifest, switches });
for (const file of requires) require(file);
start(() => import(pathToFileURL(entryOf(folder, manifest)).href), switches).catch((error) => {
  console.error(error);
  process.exit(1);
});

function readManifest(folder) {
  const file = path.join(folder, 'package.json');
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

function entryOf(folder, manifest) {
  return fs.statSync(folder).isFile() ? folder : path.join(folder, manifest.main ?? 'index.js');
}
