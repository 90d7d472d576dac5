'use strict';
// What the browser says about its pages, passed on to the web contents they belong to.
const { runtime } = require('./runtime.cjs');
const { fromChromium } = require('../chromium/urls.cjs');

async function followTargets(connection, onStranger) {
  const { browser } = connection;
  browser.on('Target.targetCrashed', ({ targetId, status, errorCode }) => {
    contentsOf(targetId)?.targetCrashed(status, errorCode);
  });
  browser.on('Target.targetDestroyed', ({ targetId }) => contentsOf(targetId)?.targetDestroyed());
  browser.on('Target.targetCreated', ({ targetInfo }) => {
    if (targetInfo.type === 'page' && targetInfo.openerId) onStranger(connection, targetInfo);
  });
  await browser.send('Target.setDiscoverTargets', { discover: true });
  await browser.send('Browser.setDownloadBehavior', { behavior: 'deny' });
}

function contentsOf(targetId) {
  for (const contents of runtime.contents) if (contents.targetId === targetId) return contents;
  return undefined;
}

/** A page opened by a page: the app is asked, and since the double knows no such windows, closed. */
function closeStrangers(connection, { targetId, openerId, url }) {
  contentsOf(openerId)?.askToOpen({ url: fromChromium(url), target: '', features: '' });
  connection.browser.send('Target.closeTarget', { targetId });
}

module.exports = { closeStrangers, followTargets };
