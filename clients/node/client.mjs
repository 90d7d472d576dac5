import { connect as connectSocket } from 'node:net';

export const defaultHost = '127.0.0.1';
export const defaultPort = 12345;

/** An answer that is an error; `code` is one of the protocol's codes. */
export class GatehouseError extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.name = 'GatehouseError';
    this.code = code;
    this.detail = message;
  }
}

/** One connection to Gatehouse. Requests may overlap; what is pushed comes through `events`. */
export class Client {
  #socket;
  #timeoutMs;
  #log;
  #lastId = 0;
  #received = '';
  #waiting = new Map();
  #pushed = [];
  #readers = [];
  #listeners = new Set();
  #failure = null;

  constructor(socket, { timeoutMs = 10_000, log = null } = {}) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#log = log;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#receive(text));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('Gatehouse closed the connection')));
  }

  get closed() {
    return this.#failure !== null;
  }

  close() {
    this.#socket.destroy();
    this.#fail(new Error('The connection was closed'));
  }

  /** Sends one request; resolves to the `data` of its answer, rejects with `GatehouseError`. */
  request(type, fields = {}, timeoutMs = this.#timeoutMs) {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`No answer to ${type} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#send({ v: 1, id, type, ...fields });
    });
  }

  hello() {
    return this.request('hello');
  }

  async ping() {
    return (await this.request('ping')).ts_ms;
  }

  listTickers() {
    return this.request('list_tickers');
  }

  getQuote(ticker) {
    return this.request('get_quote', { ticker });
  }

  /** A map of quotes by ticker; unknown tickers are left out. */
  async getQuotes(tickers) {
    const { quotes } = await this.request('get_quotes', { tickers });
    return new Map(quotes.map((quote) => [quote.ticker, quote]));
  }

  getSnapshotEpoch() {
    return this.request('get_snapshot_epoch');
  }

  /** The names of both segments. */
  getShmName() {
    return this.request('get_shm_name', { columnar: true });
  }

  getStatus() {
    return this.request('get_status');
  }

  getReservation() {
    return this.request('get_reservation');
  }

  /** Every bar, oldest first, fetched in pages. `from` and `to` are epoch milliseconds or ISO texts. */
  async *history(ticker, { timeframe = '1d', from, to, page = 1000 } = {}) {
    let start = from;
    do {
      const fields = { ticker, timeframe, from: start, to, limit: page };
      const { bars, next } = await this.request('get_history', fields);
      yield* bars;
      start = next;
    } while (start !== null);
  }

  /**
   * Asks for the session. Without options anybody may release what is acquired; with any of them
   * the answer has the token of the lease. `status` may be `denied`.
   */
  acquire({ name, ttlMs, waitMs, bind = false } = {}) {
    const fields = {
      ...(name === undefined ? {} : { client: name }),
      ...(ttlMs === undefined ? {} : { ttl_ms: ttlMs }),
      ...(waitMs === undefined ? {} : { wait_ms: waitMs }),
      ...(bind ? { bind: 'connection' } : {}),
    };
    return this.request('acquire_ibkr', fields, this.#timeoutMs + (waitMs ?? 0));
  }

  release(lease) {
    return this.request('release_ibkr', lease === undefined ? {} : { lease });
  }

  renew(lease, ttlMs) {
    return this.request('renew_ibkr', { lease, ttl_ms: ttlMs });
  }

  /** `tickers` is a list or `'*'`; topics are quotes, snapshot, connection, reservation. */
  subscribe({ tickers, topics } = {}) {
    return this.request('subscribe', { tickers, topics });
  }

  unsubscribe({ tickers, topics } = {}) {
    return this.request('unsubscribe', { tickers, topics });
  }

  /** Calls for every message that answers no request; the answer takes the listener off again. */
  onPush(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Every message that answers no request, until the connection closes. */
  async *events() {
    for (;;) {
      const message = this.#pushed.shift() ?? (await this.#nextPush());
      if (message === undefined) return;
      yield message;
    }
  }

  #nextPush() {
    if (this.#failure) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  #send(message) {
    const line = JSON.stringify(message);
    this.#log?.('->', line);
    this.#socket.write(`${line}\n`);
  }

  #receive(text) {
    const lines = (this.#received + text).split('\n');
    this.#received = lines.pop();
    for (const line of lines) {
      this.#log?.('<-', line);
      this.#take(JSON.parse(line));
    }
  }

  #take(message) {
    const waiting = message.type === 'event' ? undefined : this.#waiting.get(message.id);
    if (waiting) {
      this.#waiting.delete(message.id);
      clearTimeout(waiting.timer);
      if (message.type === 'error') {
        waiting.reject(new GatehouseError(message.error.code, message.error.message));
      } else {
        waiting.resolve(message.data);
      }
      return;
    }
    if (message.type === 'error') {
      this.#fail(new GatehouseError(message.error.code, message.error.message));
      this.#socket.destroy();
      return;
    }
    for (const listener of this.#listeners) listener(message);
    const reader = this.#readers.shift();
    if (reader) reader(message);
    else this.#keep(message);
  }

  /** Whoever does not read what is pushed does not pay for all of it either. */
  #keep(message) {
    this.#pushed.push(message);
    if (this.#pushed.length > 10_000) this.#pushed.shift();
  }

  #fail(error) {
    if (this.#failure) return;
    this.#failure = error;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
    for (const reader of this.#readers.splice(0)) reader(undefined);
  }
}

/** Connects, and shows the token where Gatehouse listens to other machines. */
export async function connect({
  host = defaultHost,
  port = defaultPort,
  token = undefined,
  ...options
} = {}) {
  const socket = await new Promise((resolve, reject) => {
    const opening = connectSocket({ host, port });
    opening.once('error', reject);
    opening.once('connect', () => {
      opening.off('error', reject);
      resolve(opening);
    });
  });
  const client = new Client(socket, options);
  if (token !== undefined) await client.request('auth', { token });
  return client;
}

/** True for the message that asks a holder to give the session back. */
export function isReleaseRequest(message) {
  return message.op === 'release_ibkr' && message.data?.status === 'release_requested';
}
