'use strict';
// What Electron has and the double lacks must fail loudly and name itself: a proxy at the very end
// of each prototype chain is asked only for what nothing before it had.
const { EventEmitter } = require('node:events');
const { record } = require('./recorder.cjs');

/** Asked of any object by `await`, JSON and the inspector; they belong to no API. */
const tolerated = new Set(['then', 'toJSON', 'nodeType', 'asymmetricMatch']);

class DoubleError extends Error {
  name = 'ElectronDoubleError';
}

function lacks(what) {
  return new DoubleError(`The Electron double does not have ${what}.`);
}

function floor(name, base) {
  return new Proxy(base, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target || tolerated.has(key)) {
        return Reflect.get(target, key, receiver);
      }
      throw lacks(`${name}.${key}`);
    },
  });
}

/** A class whose calls are recorded and whose missing members throw; `own` are the double's alone. */
function strictClass(name, Class, own = []) {
  recordMethods(`${name}#`, Class.prototype, own);
  recordMethods(`${name}.`, Class, own);
  const root = lastBefore(Class.prototype, Object.prototype);
  Object.setPrototypeOf(root, floor(`${name}#`, Object.prototype));
  // Beneath the base class, because `super()` needs a constructor right beneath a derived one.
  Object.setPrototypeOf(lastBefore(Class, Function.prototype), floor(name, Function.prototype));
  return Class;
}

/** A plain object, such as `shell`, whose calls are recorded and whose missing members throw. */
function strictObject(name, object) {
  recordMethods(`${name}.`, object);
  return Object.setPrototypeOf(object, floor(name, Object.prototype));
}

function recordMethods(prefix, holder, own = []) {
  for (const key of Object.getOwnPropertyNames(holder)) {
    const property = Object.getOwnPropertyDescriptor(holder, key);
    if (['constructor', 'prototype', ...own].includes(key)) continue;
    if (typeof property.value !== 'function') continue;
    const method = property.value;
    // Classes (session.Session and the like) are values, not calls.
    if (/^class\b/.test(Function.prototype.toString.call(method))) continue;
    Object.defineProperty(holder, key, {
      ...property,
      value(...args) {
        record(prefix + key, args);
        return method.apply(this, args);
      },
    });
  }
}

function lastBefore(start, end) {
  let last = start;
  while (Object.getPrototypeOf(last) !== end) last = Object.getPrototypeOf(last);
  return last;
}

/**
 * A base class with EventEmitter's methods of its own, so that the floor can lie beneath them.
 * `emits` are raised by the double, `byHand` only by a test; any other event is refused.
 */
function emitterBase(name, { emits = [], byHand = [] }) {
  const known = new Set([...emits, ...byHand]);
  class StrictEmitter {
    constructor() {
      EventEmitter.call(this);
    }
  }
  for (const key of Reflect.ownKeys(EventEmitter.prototype)) {
    if (key === 'constructor') continue;
    const property = Object.getOwnPropertyDescriptor(EventEmitter.prototype, key);
    Object.defineProperty(StrictEmitter.prototype, key, property);
  }
  for (const key of [
    'on',
    'addListener',
    'once',
    'prependListener',
    'prependOnceListener',
    'emit',
  ]) {
    const method = EventEmitter.prototype[key];
    StrictEmitter.prototype[key] = function (event, ...rest) {
      if (!known.has(event)) throw lacks(`the event '${String(event)}' of ${name}`);
      return method.call(this, event, ...rest);
    };
  }
  return StrictEmitter;
}

/** Refuses options that the double neither honours nor knows to be harmless. */
function knownOptions(where, options, keys) {
  for (const key of Object.keys(options)) {
    if (!keys.includes(key)) throw lacks(`the option '${key}' of ${where}`);
  }
}

/** What a listener may call to keep the default from happening. */
class DoubleEvent {
  defaultPrevented = false;
  constructor(details = {}) {
    Object.assign(this, details);
  }
  preventDefault() {
    this.defaultPrevented = true;
  }
}

module.exports = {
  DoubleError,
  DoubleEvent,
  emitterBase,
  knownOptions,
  lacks,
  strictClass,
  strictObject,
};
