import { connect, GatehouseError, isReleaseRequest } from './client.mjs';

/** The session could not be had: somebody holds it, or a download runs. */
export class SessionUnavailable extends Error {
  constructor(message) {
    super(message);
    this.name = 'SessionUnavailable';
  }
}

/**
 * Holds the session while `work` runs, and releases it whatever happens. The lease is renewed
 * meanwhile. `work` gets `{ recalled, lost }`, two abort signals: `recalled` when the session is
 * asked back, after which the lease is no longer renewed, and `lost` when it ended by itself.
 * Close the IBKR connection and return when either of them fires.
 */
export async function withLease(options, work) {
  const lease = await acquireLease(options);
  try {
    return await work(lease);
  } finally {
    await lease.release();
  }
}

export async function acquireLease({ name, waitMs, ttlMs = 60_000, ...address }) {
  const client = await connect(address);
  let answer;
  try {
    answer = await client.acquire({ name, waitMs, ttlMs });
  } catch (error) {
    client.close();
    if (!(error instanceof GatehouseError) || error.code !== 'CONFLICT') throw error;
    throw new SessionUnavailable(error.detail);
  }
  if (answer.status !== 'acquired') {
    client.close();
    throw new SessionUnavailable(answer.reason ?? answer.status);
  }
  return new Lease(client, answer.lease, ttlMs, () => connect(address));
}

class Lease {
  #client;
  #token;
  #ttlMs;
  #reconnect;
  #recalled = new AbortController();
  #lost = new AbortController();
  #timer;
  #released = false;

  constructor(client, token, ttlMs, reconnect) {
    this.#client = client;
    this.#token = token;
    this.#ttlMs = ttlMs;
    this.#reconnect = reconnect;
    this.#listen();
    this.#schedule(ttlMs / 3);
  }

  get recalled() {
    return this.#recalled.signal;
  }

  get lost() {
    return this.#lost.signal;
  }

  async release() {
    if (this.#released) return;
    this.#released = true;
    clearTimeout(this.#timer);
    try {
      await this.#client.release(this.#token);
    } catch {
      // It ended before, or Gatehouse is away; then its time-to-live ends it.
    }
    this.#client.close();
  }

  #listen() {
    this.#client.onPush((message) => {
      if (!isReleaseRequest(message)) return;
      clearTimeout(this.#timer);
      this.#recalled.abort();
    });
  }

  #schedule(ms) {
    this.#timer = setTimeout(() => void this.#renew(), ms);
    // A program that has nothing else to do may end; the time-to-live then ends the lease.
    this.#timer.unref();
  }

  async #renew() {
    try {
      if (this.#client.closed) {
        // Whoever renews with the token is the holder again.
        this.#client = await this.#reconnect();
        this.#listen();
      }
      await this.#client.renew(this.#token, this.#ttlMs);
    } catch (error) {
      if (error instanceof GatehouseError) {
        if (!this.#released) this.#lost.abort();
        return;
      }
      if (!this.#released && !this.#recalled.signal.aborted) this.#schedule(500);
      return;
    }
    if (!this.#released && !this.#recalled.signal.aborted) this.#schedule(this.#ttlMs / 3);
  }
}
