'use strict';
const { strictClass } = require('../kit/strict.cjs');

/** A frame as the app may question it when a message arrives. */
class WebFrameMain {
  constructor({ url, frameId, parent = null }) {
    this.url = url;
    this.origin = originOf(url);
    this.parent = parent;
    this.top = parent?.top ?? this;
    this.frameTreeNodeId = frameId;
    this.routingId = 1;
    this.processId = 1;
    this.detached = false;
  }
  isDestroyed() {
    return false;
  }
}

/** WHATWG calls the origin of an unknown scheme opaque; Electron's standard schemes have one. */
function originOf(url) {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)/i.exec(url);
  return match ? match[1] : 'null';
}

module.exports = { originOf, WebFrameMain: strictClass('WebFrameMain', WebFrameMain) };
