'use strict';

/**
 * Runs in the isolated world: what a sandboxed preload sees. Answers `{ require, process }` and
 * keeps the other end of IPC. `send` is the binding into the main process.
 */
function isolatedWorld(bridge, makeCodec, send, options) {
  const codec = makeCodec();
  const listeners = new Map();
  const invocations = new Map();
  let ids = 0;

  function strict(name, object) {
    return new Proxy(object, {
      get(target, key) {
        if (typeof key === 'symbol' || key in target || key === 'then') return target[key];
        throw new Error(`The Electron double does not have ${name}.${key} in a preload.`);
      },
    });
  }

  function on(channel, listener) {
    const list = listeners.get(channel) ?? [];
    listeners.set(channel, [...list, { listener, call: listener }]);
  }

  function off(channel, listener) {
    const list = listeners.get(channel) ?? [];
    const index = list.findLastIndex((entry) => entry.listener === listener);
    if (index !== -1) listeners.set(channel, list.toSpliced(index, 1));
  }

  const ipcRenderer = strict('ipcRenderer', {
    invoke(channel, ...args) {
      const id = ++ids;
      return new Promise((resolve, reject) => {
        invocations.set(id, { resolve, reject, channel });
        send({ kind: 'invoke', id, channel: String(channel), body: codec.encode(args) });
      });
    },
    send(channel, ...args) {
      send({ kind: 'send', channel: String(channel), body: codec.encode(args) });
    },
    on(channel, listener) {
      on(channel, listener);
      return ipcRenderer;
    },
    addListener(channel, listener) {
      on(channel, listener);
      return ipcRenderer;
    },
    once(channel, listener) {
      const call = (...args) => {
        off(channel, listener);
        listener(...args);
      };
      listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, call }]);
      return ipcRenderer;
    },
    off(channel, listener) {
      off(channel, listener);
      return ipcRenderer;
    },
    removeListener(channel, listener) {
      off(channel, listener);
      return ipcRenderer;
    },
    removeAllListeners(channel) {
      if (channel === undefined) listeners.clear();
      else listeners.delete(channel);
      return ipcRenderer;
    },
  });

  const contextBridge = strict('contextBridge', {
    exposeInMainWorld(key, api) {
      if (!options.contextIsolation) {
        throw new Error('contextBridge API can only be used when contextIsolation is enabled');
      }
      send({ kind: 'exposed', key, members: Object.keys(Object(api)) });
      bridge.tell('expose', { key, api });
    },
  });

  const offered = {
    electron: strict('electron', { ipcRenderer, contextBridge }),
    'electron/renderer': strict('electron', { ipcRenderer, contextBridge }),
  };

  function require(name) {
    if (Object.hasOwn(offered, name)) return offered[name];
    throw new Error(`module not found: ${name}`);
  }

  bridge.onTell('open', (request) => send({ kind: 'window-open', ...request }));

  // A link that asks for a new window. One whose click the page keeps to itself goes the native
  // way, which the main process closes.
  window.addEventListener('click', (event) => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link || event.defaultPrevented || link.target === '' || link.target === '_self') return;
    event.preventDefault();
    send({ kind: 'window-open', url: link.href, target: link.target, features: '' });
  });

  function deliver(channel, body) {
    const args = codec.decode(body);
    const event = { sender: ipcRenderer, ports: [] };
    for (const { call } of listeners.get(channel) ?? []) call(event, ...args);
  }

  function settle(id, ok, body) {
    const { resolve, reject, channel } = invocations.get(id);
    invocations.delete(id);
    if (ok) return resolve(codec.decode(body));
    return reject(new Error(`Error invoking remote method '${channel}': ${body}`));
  }

  return { deliver, settle, require, process: strict('process', { ...options.process }) };
}

module.exports = { isolatedWorld };
