'use strict';

/**
 * Joins a page's two worlds. The same source runs in both; they share one EventTarget and speak by
 * events whose name the page cannot guess. Everything it uses is taken before the page's own
 * scripts run, so that a page that patches the platform neither breaks nor overhears it.
 */
function makeBridge(makeCodec, secret, here) {
  const there = here === 'main' ? 'isolated' : 'main';
  const { apply } = Reflect;
  const { parse, stringify } = JSON;
  const { freeze } = Object;
  const PlainPromise = Promise;
  const then = Promise.prototype.then;
  const Custom = CustomEvent;
  const readDetail = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail').get;
  const dispatch = EventTarget.prototype.dispatchEvent;
  const listen = EventTarget.prototype.addEventListener;

  const functions = new Map();
  const idOf = new Map();
  const waiting = new Map();
  const handlers = new Map();
  const replies = [];
  let ids = 0;

  const codec = makeCodec({
    function(value) {
      if (!idOf.has(value)) {
        idOf.set(value, ++ids);
        functions.set(ids, value);
      }
      return idOf.get(value);
    },
    promise(value) {
      const id = ++ids;
      apply(then, value, [
        (result) => post({ kind: 'settle', id, ok: true, body: safely(result) }),
        (error) => post({ kind: 'settle', id, ok: false, body: safely(error) }),
      ]);
      return id;
    },
  });

  const lower = {
    function: (id) => {
      const stub = (...args) => call(id, args);
      return freeze(stub);
    },
    promise: (id) => new PlainPromise((resolve, reject) => waiting.set(id, { resolve, reject })),
  };

  function post(message) {
    const text = stringify(message);
    apply(dispatch, window, [new Custom(secret + there, { detail: text })]);
  }

  /** Calls a function of the other world; dispatch is synchronous, so the answer is there at once. */
  function call(id, args) {
    post({ kind: 'call', id, body: codec.encode(args) });
    const reply = replies.pop();
    if (!reply) throw new Error('the other world did not answer');
    const value = codec.decode(reply.body, lower);
    if (reply.ok) return value;
    throw value;
  }

  function answer(message) {
    let reply;
    try {
      const result = apply(functions.get(message.id), undefined, codec.decode(message.body, lower));
      reply = { kind: 'reply', ok: true, body: codec.encode(result) };
    } catch (error) {
      reply = { kind: 'reply', ok: false, body: safely(error) };
    }
    post(reply);
  }

  function safely(value) {
    try {
      return codec.encode(value);
    } catch (error) {
      return codec.encode(error);
    }
  }

  apply(listen, window, [
    secret + here,
    (event) => {
      const message = parse(apply(readDetail, event, []));
      switch (message.kind) {
        case 'call':
          return answer(message);
        case 'reply':
          return void replies.push(message);
        case 'settle': {
          const promise = waiting.get(message.id);
          waiting.delete(message.id);
          const value = codec.decode(message.body, lower);
          return message.ok ? promise.resolve(value) : promise.reject(value);
        }
        default:
          return handlers.get(message.kind)?.(codec.decode(message.body, lower));
      }
    },
  ]);

  return {
    /** Sends a value to the other world, where `onTell` of the same kind receives a copy. */
    tell: (kind, value) => post({ kind, body: codec.encode(value) }),
    onTell: (kind, handler) => void handlers.set(kind, handler),
  };
}

module.exports = { makeBridge };
