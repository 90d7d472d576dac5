'use strict';
// The DevTools protocol over a pipe: JSON documents that end in a zero byte.
const { EventEmitter } = require('node:events');

class CdpConnection {
  #output;
  #next = 0;
  #waiting = new Map();
  #sessions = new Map();
  #rest = [];

  constructor(output, input) {
    this.#output = output;
    this.browser = this.session(undefined);
    input.on('data', (chunk) => this.#read(chunk));
    input.on('close', () => this.close());
    // The pipe breaks when Chromium goes; whoever waits for its exit deals with that.
    output.on('error', () => {});
  }

  session(id) {
    const session = new CdpSession((method, params) => this.#send(method, params, id));
    this.#sessions.set(id, session);
    return session;
  }

  forget(id) {
    this.#sessions.delete(id);
  }

  close() {
    for (const { reject, method } of this.#waiting.values()) {
      reject(new Error(`Chromium went away before it answered ${method}`));
    }
    this.#waiting.clear();
  }

  #send(method, params, sessionId) {
    const id = ++this.#next;
    const answer = new Promise((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject, method }),
    );
    this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return answer;
  }

  #read(chunk) {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      this.#rest.push(chunk.subarray(start, end));
      const text = Buffer.concat(this.#rest).toString('utf8');
      this.#rest = [];
      start = end + 1;
      this.#dispatch(JSON.parse(text));
    }
    this.#rest.push(chunk.subarray(start));
  }

  #dispatch({ id, method, params, sessionId, result, error }) {
    if (id === undefined) {
      this.#sessions.get(sessionId)?.emit(method, params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(`${waiting.method}: ${error.message}`));
    else waiting?.resolve(result);
  }
}

class CdpSession extends EventEmitter {
  #send;
  constructor(send) {
    super();
    this.#send = send;
    this.setMaxListeners(0);
  }
  send(method, params = {}) {
    const answer = this.#send(method, params);
    // Many commands are sent for their effect; a target that has gone meanwhile is no failure.
    answer.catch(() => {});
    return answer;
  }
}

module.exports = { CdpConnection };
