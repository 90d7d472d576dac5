'use strict';
// Every call that reaches the double is written down, so that no test passes on a silent no-op.

const most = 20_000;
const calls = [];

function record(api, args) {
  if (calls.length >= most) calls.shift();
  calls.push({ api, args: args.map((arg) => outline(arg, 3)), at: performance.now() });
}

function outline(value, depth) {
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value;
  }
  if (Array.isArray(value)) {
    return depth === 0 ? '[array]' : value.map((item) => outline(item, depth - 1));
  }
  const proto = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null)
    return `[${value.constructor?.name ?? 'object'}]`;
  if (depth === 0) return '[object]';
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, outline(item, depth - 1)]),
  );
}

/** How tests reach the record: `globalThis[Symbol.for('electron-double')].calls`. */
globalThis[Symbol.for('electron-double')] = { calls };

module.exports = { calls, record };
