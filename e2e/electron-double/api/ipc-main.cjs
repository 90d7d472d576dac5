'use strict';
const { EventEmitter } = require('node:events');
const { strictClass } = require('../kit/strict.cjs');
const { makeCodec } = require('../kit/codec.cjs');

const codec = makeCodec();

class IpcMain {
  #handlers = new Map();
  #channels = new EventEmitter();

  handle(channel, listener) {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    this.#handlers.set(channel, listener);
  }
  handleOnce(channel, listener) {
    this.handle(channel, (...args) => {
      this.removeHandler(channel);
      return listener(...args);
    });
  }
  removeHandler(channel) {
    this.#handlers.delete(channel);
  }
  on(channel, listener) {
    this.#channels.on(channel, listener);
    return this;
  }
  once(channel, listener) {
    this.#channels.once(channel, listener);
    return this;
  }
  off(channel, listener) {
    this.#channels.off(channel, listener);
    return this;
  }
  removeListener(channel, listener) {
    return this.off(channel, listener);
  }
  removeAllListeners(channel) {
    this.#channels.removeAllListeners(channel);
    return this;
  }
  eventNames() {
    return this.#channels.eventNames();
  }
  listenerCount(channel) {
    return this.#channels.listenerCount(channel);
  }

  /** The double's own: the channels that answer to `invoke`. */
  handledChannels() {
    return [...this.#handlers.keys()];
  }

  /** The double's own: an invoke has come from a page; answers `{ ok, body }`. */
  async answer(event, channel, body) {
    const handler = this.#handlers.get(channel);
    try {
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      return { ok: true, body: codec.encode(await handler(event, ...codec.decode(body))) };
    } catch (error) {
      console.error(`Error occurred in handler for '${channel}':`, error);
      return { ok: false, body: String(error) };
    }
  }

  /** The double's own: a message has come from a page. */
  receive(event, channel, body) {
    this.#channels.emit(channel, event, ...codec.decode(body));
  }
}

strictClass('ipcMain', IpcMain, ['answer', 'receive', 'handledChannels']);

module.exports = { codec, ipcMain: new IpcMain() };
