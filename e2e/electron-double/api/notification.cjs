'use strict';
const { DoubleEvent, emitterBase, knownOptions, strictClass } = require('../kit/strict.cjs');
const { record } = require('../kit/recorder.cjs');
const { needReady } = require('./runtime.cjs');

const options = [
  'title',
  'subtitle',
  'body',
  'silent',
  'icon',
  'urgency',
  'timeoutType',
  'id',
  'groupId',
];
const shown = [];

class Notification extends emitterBase('Notification', {
  emits: ['show', 'close'],
  byHand: ['click', 'failed', 'action', 'reply'],
}) {
  static isSupported() {
    return !process.env.ELECTRON_DOUBLE_NO_NOTIFICATIONS;
  }
  /** The double's own: every notification that was shown. */
  static all() {
    return shown;
  }

  constructor(given = {}) {
    needReady('A Notification was made');
    knownOptions('Notification', given, options);
    super();
    record('new Notification', [given]);
    this.title = given.title ?? '';
    this.body = given.body ?? '';
    this.silent = given.silent ?? false;
    this.urgency = given.urgency ?? 'normal';
  }
  show() {
    shown.push(this);
    setImmediate(() => this.emit('show', new DoubleEvent()));
  }
  close() {
    setImmediate(() => this.emit('close', new DoubleEvent()));
  }
}

module.exports = { Notification: strictClass('Notification', Notification, ['all']) };
