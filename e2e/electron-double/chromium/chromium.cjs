'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { CdpConnection } = require('./cdp.cjs');

const always = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-startup-window',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
  // Nothing leaves the machine, whatever a page or a hole in its policy tries.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

function findChromium() {
  const named = process.env.GATEHOUSE_CHROMIUM;
  const file = named || '/usr/bin/chromium';
  if (!fs.existsSync(file)) {
    throw new Error(
      `No Chromium at ${file}. Install it (apt-get install chromium) or name one in GATEHOUSE_CHROMIUM.`,
    );
  }
  return file;
}

/** Starts Chromium and answers `{ connection, exited, close }`. */
async function launchChromium({ userData, switches }) {
  const flags = [...always, `--user-data-dir=${path.join(userData, 'chromium')}`];
  const own = new Set(flags.map((flag) => flag.split('=')[0].slice(2)));
  for (const [name, value] of switches) {
    if (own.has(name) || name === 'user-data-dir') continue;
    flags.push(value === '' ? `--${name}` : `--${name}=${value}`);
  }
  const child = spawn(findChromium(), flags, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('close', resolve));
  const complaints = [];
  readline.createInterface({ input: child.stderr }).on('line', (line) => {
    // Playwright waits for this line on the application's own standard error.
    if (line.startsWith('DevTools listening on ')) process.stderr.write(`${line}\n`);
    else if (complaints.length < 50) complaints.push(line);
  });
  const connection = new CdpConnection(child.stdio[3], child.stdio[4]);
  await connection.browser.send('Browser.getVersion').catch(() => {
    throw new Error(`Chromium did not start:\n${complaints.join('\n')}`);
  });
  return {
    connection,
    exited,
    // Without waiting for the exit, whoever removes the profile races Chromium's last writes.
    async close() {
      connection.browser.send('Browser.close');
      await exited;
    },
  };
}

module.exports = { launchChromium };
