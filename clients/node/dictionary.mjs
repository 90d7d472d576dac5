import { attach } from './shm-attach.mjs';
import { SharedMemoryError } from './shm-errors.mjs';

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Reads the dictionary segment. Attaches anew each time, so it follows a segment that grew. */
export class Dictionary {
  #name;
  #options;
  #budgetMs;

  constructor(name = 'shm0', options = {}) {
    this.#name = name;
    this.#options = options;
    this.#budgetMs = options.budgetMs ?? 5000;
  }

  /** Every ticker in the dictionary, those without bars included. */
  listTickers() {
    return Object.keys(this.#load(performance.now() + this.#budgetMs));
  }

  /** The `data` of a ticker's entry, taken while its epoch stood still. */
  getStock(ticker) {
    const deadline = performance.now() + this.#budgetMs;
    for (;;) {
      const before = this.#entry(ticker, deadline);
      if (before.header.epoch % 2 === 0) {
        const after = this.#entry(ticker, deadline);
        if (after.header.epoch === before.header.epoch) return before.data;
      }
      if (performance.now() >= deadline) {
        throw new SharedMemoryError('WRITER_BUSY', `no stable snapshot of ${ticker}`);
      }
      Atomics.wait(sleeper, 0, 0, 1);
    }
  }

  #entry(ticker, deadline) {
    const entries = this.#load(deadline);
    if (Object.hasOwn(entries, ticker)) return entries[ticker];
    throw new SharedMemoryError('UNKNOWN_SERIES', `${this.#name} has no entry for ${ticker}`);
  }

  #load(deadline) {
    for (;;) {
      const entries = entriesOf(this.#text(deadline));
      if (entries) return entries;
      if (performance.now() >= deadline) {
        throw new SharedMemoryError('SHM_DAMAGED', `${this.#name} holds no readable text`);
      }
      Atomics.wait(sleeper, 0, 0, 5);
    }
  }

  /** The text, or undefined when the segment is not there this instant. */
  #text(deadline) {
    let attachment;
    try {
      attachment = attach(this.#name, this.#options);
    } catch (error) {
      if (error.code !== 'SHM_MISSING' || performance.now() >= deadline) throw error;
      return undefined;
    }
    try {
      const bytes = Buffer.allocUnsafe(Math.min(attachment.size(), attachment.mapped));
      attachment.read(bytes, 0, bytes.length);
      let end = bytes.length;
      while (end > 0 && bytes[end - 1] === 0) end--;
      return bytes.toString('latin1', 0, end);
    } finally {
      attachment.close();
    }
  }
}

/** The object a text stands for, or undefined while it stands for none. */
function entriesOf(text) {
  if (text === undefined) return undefined;
  try {
    const entries = text === '' ? {} : JSON.parse(text);
    return typeof entries === 'object' && !Array.isArray(entries) && entries ? entries : undefined;
  } catch {
    return undefined;
  }
}
