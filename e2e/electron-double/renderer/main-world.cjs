'use strict';

/** Runs in the page's own world before its scripts: installs what the preload offers. */
function mainWorld(bridge) {
  const { defineProperty, freeze, values } = Object;

  function deepFreeze(value) {
    if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
      freeze(value);
      for (const item of values(value)) deepFreeze(item);
    }
    return value;
  }

  bridge.onTell('expose', ({ key, api }) => {
    defineProperty(window, key, {
      value: deepFreeze(api),
      enumerable: true,
      writable: false,
      configurable: false,
    });
  });

  // The page may open nothing by itself: the app's window-open handler is asked, and the double
  // knows no allowed child windows.
  window.open = (url = '', target = '', features = '') => {
    const absolute = url === '' ? 'about:blank' : new URL(url, location.href).href;
    bridge.tell('open', { url: absolute, target: String(target), features: String(features) });
    return null;
  };
}

module.exports = { mainWorld };
