'use strict';
// What `electron` resolves to in the main process.
const { strictObject } = require('../kit/strict.cjs');
const { app } = require('./app.cjs');
const { BrowserWindow } = require('./browser-window.cjs');
const { environment } = require('./environment.cjs');
const { ipcMain } = require('./ipc-main.cjs');
const { Menu, MenuItem } = require('./menu.cjs');
const { nativeImage } = require('./native-image.cjs');
const { Notification } = require('./notification.cjs');
const { protocol } = require('./protocol.cjs');
const { session } = require('./session.cjs');
const { Tray } = require('./tray.cjs');
const { webContents } = require('./web-contents.cjs');

module.exports = strictObject('electron', {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  Notification,
  protocol,
  session,
  Tray,
  webContents,
  ...environment,
});
