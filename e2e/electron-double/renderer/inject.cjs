'use strict';
// Puts together the source texts that run in a page before anything else.
const { randomBytes } = require('node:crypto');
const { makeCodec } = require('../kit/codec.cjs');
const { makeBridge } = require('./bridge.cjs');
const { isolatedWorld } = require('./isolated-world.cjs');
const { mainWorld } = require('./main-world.cjs');

/** The isolated world's name, in Electron's words. */
const worldName = 'Electron Isolated Context';

/**
 * `inbox` is the global of the isolated world through which the main process delivers; without
 * context isolation it lies in the page's world, as the preload then does.
 */
function injection({ preload, contextIsolation }) {
  const secret = randomBytes(16).toString('hex');
  const binding = `electronDouble${randomBytes(8).toString('hex')}`;
  const inbox = `electronInbox${randomBytes(8).toString('hex')}`;
  const options = {
    contextIsolation,
    process: {
      type: 'renderer',
      platform: process.platform,
      arch: process.arch,
      sandboxed: true,
      contextIsolated: contextIsolation,
      versions: { ...process.versions },
      env: {},
    },
  };
  const page = guarded(`(${mainWorld})((${makeBridge})(${makeCodec}, '${secret}', 'main'));`);
  const isolated = guarded(`
    const send = globalThis['${binding}'];
    const post = (message) => send(JSON.stringify(message));
    const world = (${isolatedWorld})(
      (${makeBridge})(${makeCodec}, '${secret}', 'isolated'), ${makeCodec}, post, ${JSON.stringify(options)});
    Object.defineProperty(globalThis, '${inbox}', { value: { deliver: world.deliver, settle: world.settle } });
    if (${contextIsolation}) delete globalThis['${binding}'];
    try {
      const module = { exports: {} };
      (function (require, module, exports, process) {
${preload ?? ''}
      })(world.require, module, module.exports, world.process);
    } catch (error) {
      post({ kind: 'preload-error', message: String(error && error.message), stack: String(error && error.stack) });
    }`);
  return { page, isolated, binding, inbox };
}

/** Electron runs a preload in the main frame only. */
function guarded(source) {
  return `(() => { if (window.top !== window) return;\n${source}\n})();`;
}

module.exports = { injection, worldName };
