'use strict';

/**
 * Structured clone as text, for what crosses between the app and a page, and between a page's two
 * worlds. One function without outside names, because its source is also sent into the page.
 * `lift` may turn functions and promises into numbers; without it they are refused.
 */
function makeCodec(lift) {
  const { stringify, parse } = JSON;
  const tagOf = Object.prototype.toString;
  const typed =
    /^\[object (?:(?:Uint8|Uint8Clamped|Int8|Uint16|Int16|Uint32|Int32|Float32|Float64|BigUint64|BigInt64)Array|DataView)\]$/;

  function refuse(value) {
    const error = new Error(`${String(value).slice(0, 40)} could not be cloned.`);
    error.name = 'DataCloneError';
    throw error;
  }

  function encode(value) {
    const seen = new Map();
    return stringify(pack(value, seen)) ?? 'null';
  }

  function pack(value, seen) {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : ['n', Object.is(value, -0) ? '-0' : String(value)];
      case 'undefined':
        return ['u'];
      case 'bigint':
        return ['b', String(value)];
      case 'function':
        return lift ? ['f', lift.function(value)] : refuse(value);
      case 'symbol':
        return refuse(value);
      default:
        return value === null ? null : packObject(value, seen);
    }
  }

  function packObject(value, seen) {
    if (seen.has(value)) return ['ref', seen.get(value)];
    const tag = tagOf.call(value);
    if (tag === '[object Promise]') return lift ? ['p', lift.promise(value)] : refuse('#<Promise>');
    const id = seen.size;
    seen.set(value, id);
    if (Array.isArray(value)) return ['a', id, value.map((item) => pack(item, seen))];
    switch (tag) {
      case '[object Date]':
        return ['d', id, value.getTime()];
      case '[object RegExp]':
        return ['r', id, value.source, value.flags];
      case '[object Map]':
        return ['m', id, [...value].map(([k, v]) => [pack(k, seen), pack(v, seen)])];
      case '[object Set]':
        return ['s', id, [...value].map((item) => pack(item, seen))];
      case '[object Error]':
        return ['e', id, value.name, value.message, value.stack ?? ''];
      case '[object ArrayBuffer]':
        return ['ab', id, base64(new Uint8Array(value))];
      case '[object Object]': {
        const fields = Object.keys(value).map((key) => [key, pack(value[key], seen)]);
        return ['o', id, fields];
      }
      default:
        if (!typed.test(tag)) return refuse(tag);
        return ['t', id, tag.slice(8, -1), base64(bytesOf(value))];
    }
  }

  function decode(text, lower) {
    return unpack(parse(text), new Map(), lower);
  }

  function unpack(packed, made, lower) {
    if (!Array.isArray(packed)) return packed;
    const [tag, id, body, more] = packed;
    const keep = (value) => {
      made.set(id, value);
      return value;
    };
    switch (tag) {
      case 'u':
        return undefined;
      case 'n':
        return id === '-0' ? -0 : Number(id);
      case 'b':
        return BigInt(id);
      case 'f':
        return lower.function(id);
      case 'p':
        return lower.promise(id);
      case 'ref':
        return made.get(id);
      case 'a': {
        const list = keep([]);
        for (const item of body) list.push(unpack(item, made, lower));
        return list;
      }
      case 'o': {
        const object = keep({});
        for (const [key, item] of body) {
          const value = unpack(item, made, lower);
          Object.defineProperty(object, key, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          });
        }
        return object;
      }
      case 'd':
        return keep(new Date(body));
      case 'r':
        return keep(new RegExp(body, more));
      case 'm': {
        const map = keep(new Map());
        for (const [k, v] of body) map.set(unpack(k, made, lower), unpack(v, made, lower));
        return map;
      }
      case 's': {
        const set = keep(new Set());
        for (const item of body) set.add(unpack(item, made, lower));
        return set;
      }
      case 'e':
        return keep(errorOf(packed));
      case 'ab':
        return keep(bytes(body).buffer);
      case 't':
        return keep(new globalThis[body](bytes(more).buffer));
      default:
        throw new Error(`unknown tag ${tag}`);
    }
  }

  function errorOf([, , name, message, stack]) {
    const standard = [
      'EvalError',
      'RangeError',
      'ReferenceError',
      'SyntaxError',
      'TypeError',
      'URIError',
    ];
    const error = new (standard.includes(name) ? globalThis[name] : Error)(message);
    error.stack = stack;
    return error;
  }

  function bytesOf(view) {
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  }

  function base64(array) {
    let text = '';
    for (let i = 0; i < array.length; i += 0x8000) {
      text += String.fromCharCode(...array.subarray(i, i + 0x8000));
    }
    return btoa(text);
  }

  function bytes(text) {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  }

  return { encode, decode };
}

module.exports = { makeCodec };
