'use strict';
const fs = require('node:fs');
const { injection, worldName } = require('../renderer/inject.cjs');

/** One page of Chromium: opens it, injects the two worlds, and carries messages to and fro. */
class PageTarget {
  #connection;
  #options;
  #on;
  #context;
  #injected;
  #sessionId;
  cdp;
  targetId;
  mainFrameId;

  constructor(connection, options, on) {
    this.#connection = connection;
    this.#options = options;
    this.#on = on;
  }

  async open({ width, height }) {
    const { browser } = this.#connection;
    const { targetId } = await browser.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height,
    });
    this.targetId = targetId;
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    this.#sessionId = sessionId;
    this.cdp = this.#connection.session(sessionId);
    this.#listen();
    await this.#prepare();
  }

  /** Runs in the world of the preload; messages to a page that has none are lost, as in Electron. */
  deliver(channel, body) {
    this.#evaluate(`deliver(${JSON.stringify(channel)},${JSON.stringify(body)})`);
  }

  settle(id, { ok, body }) {
    this.#evaluate(`settle(${id},${ok},${JSON.stringify(body)})`);
  }

  close() {
    if (!this.targetId) return;
    this.#connection.browser.send('Target.closeTarget', { targetId: this.targetId });
    this.#connection.forget(this.#sessionId);
  }

  #evaluate(call) {
    if (this.#context === undefined) return;
    this.cdp.send('Runtime.evaluate', {
      expression: `globalThis['${this.#injected.inbox}']?.${call}`,
      contextId: this.#context,
    });
  }

  async #prepare() {
    const { preload, contextIsolation } = this.#options;
    const source = preload === undefined ? '' : fs.readFileSync(preload, 'utf8');
    this.#injected = injection({ preload: source, contextIsolation });
    const { page, isolated, binding } = this.#injected;
    const world = contextIsolation ? { worldName } : {};
    const context = contextIsolation ? { executionContextName: worldName } : {};
    const { frameTree } = (
      await Promise.all([
        this.cdp.send('Page.getFrameTree'),
        this.cdp.send('Page.enable'),
        this.cdp.send('Runtime.enable'),
        this.cdp.send('Runtime.addBinding', { name: binding, ...context }),
        this.cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: page }),
        this.cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: isolated, ...world }),
        this.cdp.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      ])
    )[0];
    this.mainFrameId = frameTree.frame.id;
  }

  #listen() {
    const { cdp } = this;
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId, isDefault } = context.auxData;
      if (frameId !== this.mainFrameId) return;
      const wanted = this.#options.contextIsolation ? context.name === worldName : isDefault;
      if (wanted) this.#context = context.id;
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#context) this.#context = undefined;
    });
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name !== this.#injected.binding || executionContextId !== this.#context) return;
      this.#on.message(JSON.parse(payload));
    });
    cdp.on('Fetch.requestPaused', (paused) => this.#on.paused(paused));
    cdp.on('Page.frameNavigated', ({ frame }) => {
      if (!frame.parentId) this.mainFrameId = frame.id;
      this.#on.navigated(frame);
    });
    cdp.on('Page.domContentEventFired', () => this.#on.domReady());
    cdp.on('Page.loadEventFired', () => this.#on.loaded());
  }
}

module.exports = { PageTarget };
