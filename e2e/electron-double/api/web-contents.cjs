'use strict';
const { DoubleEvent, emitterBase, lacks, strictClass, strictObject } = require('../kit/strict.cjs');
const { fromChromium, toChromium } = require('../chromium/urls.cjs');
const { app } = require('./app.cjs');
const { codec, ipcMain } = require('./ipc-main.cjs');
const { PageTarget } = require('./page-target.cjs');
const { settlePermissions } = require('./permissions.cjs');
const { answerRequest } = require('./requests.cjs');
const { runtime } = require('./runtime.cjs');
const { defaultSession } = require('./session.cjs');
const { WebFrameMain } = require('./web-frame-main.cjs');

const events = {
  emits: [
    'dom-ready',
    'did-finish-load',
    'did-fail-load',
    'did-navigate',
    'did-start-navigation',
    'will-navigate',
    'will-frame-navigate',
    'render-process-gone',
    'preload-error',
    'destroyed',
  ],
  byHand: [
    'unresponsive',
    'responsive',
    'will-attach-webview',
    'will-redirect',
    'before-input-event',
    'context-menu',
    'console-message',
    'did-create-window',
    'will-prevent-unload',
  ],
};

let ids = 0;

class WebContents extends emitterBase('webContents', events) {
  #window;
  #target;
  #url = '';
  #mainFrame = new WebFrameMain({ url: '', frameId: '' });
  #opening;
  #loading;
  #openHandler;
  #crashed = false;
  #destroyed = false;
  session = defaultSession;

  constructor(window, { bounds, preload, contextIsolation }) {
    super();
    this.id = ++ids;
    this.#window = window;
    this.#target = new PageTarget(
      runtime.browser.connection,
      { preload, contextIsolation },
      {
        message: (message) => this.#receive(message),
        paused: (paused) => this.#paused(paused),
        navigated: (frame) => this.#navigated(frame),
        domReady: () => this.emit('dom-ready', new DoubleEvent()),
        loaded: () => this.#loaded(),
      },
    );
    this.#opening = this.#target.open(bounds);
    // Whoever loads a page hears of a failure; a window nobody loads into must not end the app.
    this.#opening.catch(() => {});
    runtime.contents.add(this);
  }

  /** The double's own. */
  get targetId() {
    return this.#target.targetId;
  }
  get target() {
    return this.#target;
  }
  get opened() {
    return this.#opening;
  }

  get mainFrame() {
    return this.#mainFrame;
  }
  getURL() {
    return this.#url;
  }
  getTitle() {
    return this.#window.getTitle();
  }
  getType() {
    return 'window';
  }
  isDestroyed() {
    return this.#destroyed;
  }
  isCrashed() {
    return this.#crashed;
  }
  isLoading() {
    return this.#loading !== undefined;
  }
  isFocused() {
    return this.#window.isFocused();
  }
  getOSProcessId() {
    throw lacks('webContents.getOSProcessId: a spare renderer makes the answer a guess');
  }
  setWindowOpenHandler(handler) {
    this.#openHandler = handler;
  }
  setBackgroundThrottling() {}
  setIgnoreMenuShortcuts() {}
  setVisualZoomLevelLimits() {
    return Promise.resolve();
  }
  setZoomFactor() {}

  async loadURL(url) {
    await this.#opening;
    if (this.#destroyed) throw new Error('ERR_FAILED (-2): the contents were destroyed');
    await settlePermissions(runtime.browser.connection.browser, this.session, this, url);
    const done = new Promise((resolve, reject) => {
      this.#loading = { url: toChromium(url), resolve, reject };
    });
    done.catch(() => {});
    const result = await this.#target.cdp.send('Page.navigate', { url: toChromium(url) });
    if (result.errorText) this.#failed(result.errorText, url);
    return done;
  }

  reload() {
    this.#loading = { url: toChromium(this.#url), resolve() {}, reject() {} };
    this.#target.cdp.send('Page.reload');
  }
  async executeJavaScript(code) {
    const { result, exceptionDetails } = await this.#target.cdp.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? code);
    return result.value;
  }

  send(channel, ...args) {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    this.#target.deliver(channel, codec.encode(args));
  }

  close({ waitForBeforeUnload = false } = {}) {
    if (waitForBeforeUnload) this.#window.close();
    else this.#window.destroy();
  }
  forcefullyCrashRenderer() {
    this.#target.cdp.send('Page.crash');
  }

  /** The double's own: tells the window's close apart from a page gone by itself. */
  destroy() {
    if (this.#destroyed) return;
    this.#destroyed = true;
    runtime.contents.delete(this);
    this.#loading?.reject(new Error('ERR_ABORTED (-3): the contents were destroyed'));
    this.#opening.then(() => this.#target.close()).catch(() => {});
    this.emit('destroyed', new DoubleEvent());
  }

  /** The double's own: the browser lost the renderer. */
  targetCrashed(status, errorCode) {
    if (this.#destroyed) return;
    this.#crashed = true;
    this.#loading?.reject(new Error('ERR_FAILED (-2): the renderer is gone'));
    this.#loading = undefined;
    const details = { reason: status === 'killed' ? 'killed' : 'crashed', exitCode: errorCode };
    this.emit('render-process-gone', new DoubleEvent(), details);
    app.emit('render-process-gone', new DoubleEvent(), this, details);
  }

  /** The double's own: somebody else closed the page. */
  targetDestroyed() {
    if (!this.#destroyed) this.#window.destroy();
  }

  /** The double's own: the page wants a window. */
  askToOpen({ url, target, features }) {
    const verdict = this.#openHandler?.({
      url: fromChromium(url),
      frameName: target,
      features,
      disposition: target === '_blank' ? 'foreground-tab' : 'new-window',
      referrer: { url: this.#url, policy: 'strict-origin-when-cross-origin' },
    }) ?? { action: 'allow' };
    if (verdict.action !== 'deny') throw lacks('windows opened by a page: the handler must deny');
  }

  #receive(message) {
    if (this.#destroyed) return undefined;
    const event = new DoubleEvent({
      type: 'frame',
      sender: this,
      senderFrame: this.#mainFrame,
      frameId: 1,
      processId: 1,
    });
    switch (message.kind) {
      case 'invoke':
        return ipcMain
          .answer(event, message.channel, message.body)
          .then((reply) => this.#target.settle(message.id, reply));
      case 'send':
        return ipcMain.receive(event, message.channel, message.body);
      case 'window-open':
        return this.askToOpen(message);
      case 'exposed':
        return undefined;
      case 'preload-error': {
        const error = Object.assign(new Error(message.message), { stack: message.stack });
        console.error('Unable to load preload script:', error);
        return this.emit('preload-error', new DoubleEvent(), '', error);
      }
      default:
        throw new Error(`unknown message from a page: ${message.kind}`);
    }
  }

  #paused(paused) {
    const { cdp, mainFrameId } = this.#target;
    const isMainFrame = paused.frameId === mainFrameId;
    if (paused.resourceType === 'Document' && paused.request.url !== this.#loading?.url) {
      const url = fromChromium(paused.request.url);
      const event = new DoubleEvent({ url, isMainFrame, isSameDocument: false });
      this.emit('will-frame-navigate', event);
      if (isMainFrame && !event.defaultPrevented) this.emit('will-navigate', event, url);
      if (event.defaultPrevented) {
        cdp.send('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Aborted' });
        return;
      }
    }
    answerRequest({ contents: this, session: this.session, cdp, paused, isMainFrame });
  }

  #navigated(frame) {
    if (frame.parentId) return;
    this.#crashed = false;
    this.#url = fromChromium(frame.url);
    this.#mainFrame = new WebFrameMain({ url: this.#url, frameId: frame.id });
    if (this.#url !== 'about:blank')
      this.emit('did-navigate', new DoubleEvent(), this.#url, 200, '');
  }

  #loaded() {
    const loading = this.#loading;
    if (!loading) return;
    this.#loading = undefined;
    this.emit('did-finish-load', new DoubleEvent());
    loading.resolve();
    this.#window.firstLoad();
  }

  #failed(errorText, url) {
    const loading = this.#loading;
    this.#loading = undefined;
    this.emit('did-fail-load', new DoubleEvent(), -2, errorText, url, true, 1, 1);
    loading?.reject(new Error(`${errorText} loading '${url}'`));
  }
}

strictClass('webContents', WebContents, [
  'destroy',
  'targetCrashed',
  'targetDestroyed',
  'askToOpen',
]);

const webContents = strictObject('webContents', {
  getAllWebContents: () => [...runtime.contents],
  fromId: (id) => [...runtime.contents].find((contents) => contents.id === id),
  fromDevToolsTargetId: (id) => [...runtime.contents].find((contents) => contents.targetId === id),
});

module.exports = { WebContents, webContents };
