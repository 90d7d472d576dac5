'use strict';
const os = require('node:os');
const path = require('node:path');

function pathsFor(name) {
  const home = os.homedir();
  const config = process.env.XDG_CONFIG_HOME || path.join(home, '.config');
  return {
    home,
    appData: config,
    userData: path.join(config, name),
    sessionData: path.join(config, name),
    logs: path.join(config, name, 'logs'),
    temp: os.tmpdir(),
    exe: process.execPath,
    desktop: path.join(home, 'Desktop'),
    documents: path.join(home, 'Documents'),
    downloads: path.join(home, 'Downloads'),
  };
}

module.exports = { pathsFor };
