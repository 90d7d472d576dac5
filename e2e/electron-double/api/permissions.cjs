'use strict';
const { toChromium } = require('../chromium/urls.cjs');
const { originOf } = require('./web-frame-main.cjs');

/** Electron's word for each permission, and Chromium's. */
const names = {
  'clipboard-sanitized-write': ['clipboard-write'],
  'clipboard-read': ['clipboard-read'],
  geolocation: ['geolocation'],
  media: ['camera', 'microphone'],
  midi: ['midi'],
  notifications: ['notifications'],
  'idle-detection': ['idle-detection'],
  'persistent-storage': ['persistent-storage'],
};

/** Asks the app's handlers once for each permission before a page loads; Electron asks on demand. */
async function settlePermissions(browser, session, contents, url) {
  const origin = originOf(url);
  const inside = originOf(toChromium(url));
  if (!inside.startsWith('http')) return;
  for (const [permission, chromiumNames] of Object.entries(names)) {
    const granted = await session.permits(contents, permission, origin);
    for (const name of chromiumNames) {
      await browser
        .send('Browser.setPermission', {
          permission: { name },
          setting: granted ? 'granted' : 'denied',
          origin: inside,
        })
        .catch(() => undefined);
    }
  }
}

module.exports = { settlePermissions };
