import type { Socket } from 'node:net';
import type { Cancel, Clock } from '../kit/clock.ts';
import { Sink } from './protocol/sink.ts';

/** What one client may leave unread before it is dropped. */
export const mostUnread = 8 * 1024 * 1024;

/** How a message is spoilt: too short for what it is, or half of it and then the end. */
export type Cut = 'frame' | 'socket';

interface Late {
  readonly due: number;
  readonly bytes: Buffer;
}

/** What is on its way to one client: gathered per turn of the event loop, bounded, and later if it must be late. */
export class Outbox {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #overflow: () => void;
  readonly #sink = new Sink();
  #scheduled = false;
  #closed = false;
  #delayMs = 0;
  #late: Late[] = [];
  #lateBytes = 0;
  #timer: Cancel | undefined;
  #sent = 0;
  #cut: Cut | null = null;

  constructor(socket: Socket, clock: Clock, overflow: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#overflow = overflow;
  }

  /** Write frames here, then call `written`. */
  get sink(): Sink {
    return this.#sink;
  }

  get unread(): number {
    return this.#sink.length + this.#lateBytes + this.#socket.writableLength;
  }

  get sentBytes(): number {
    return this.#sent;
  }

  set delayMs(ms: number) {
    this.#delayMs = ms;
  }

  /** Cuts the next message, whoever writes it: ticks go into the sink without passing anybody. */
  cutNext(how: Cut): void {
    this.flush();
    this.#cut = how;
  }

  written(): void {
    if (this.unread > mostUnread) {
      this.#overflow();
      return;
    }
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#closed || this.#sink.length === 0) return;
    const how = this.#cut;
    this.#cut = null;
    const whole = this.#sink.take();
    const bytes = how === null ? whole : cutFirst(whole, how);
    if (how === 'socket') {
      this.#write(bytes);
      this.close();
      this.#socket.end();
      return;
    }
    if (this.#delayMs === 0 && this.#late.length === 0) {
      this.#write(bytes);
      return;
    }
    const last = this.#late.at(-1)?.due ?? 0;
    this.#late.push({ due: Math.max(last, this.#clock.now() + this.#delayMs), bytes });
    this.#lateBytes += bytes.length;
    this.#wait();
  }

  /** Drops what was not yet handed to the socket. */
  discard(): void {
    if (this.#sink.length > 0) this.#sink.take();
    this.#late = [];
    this.#lateBytes = 0;
  }

  /** Sends what is left, however late it should have been. */
  finish(): void {
    this.flush();
    for (const { bytes } of this.#late) this.#write(bytes);
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
    this.discard();
  }

  #wait(): void {
    const first = this.#late[0];
    if (this.#timer || !first) return;
    this.#timer = this.#clock.after(Math.max(0, first.due - this.#clock.now()), () => {
      this.#timer = undefined;
      const now = this.#clock.now();
      for (let next = this.#late[0]; next && next.due <= now; next = this.#late[0]) {
        this.#late.shift();
        this.#lateBytes -= next.bytes.length;
        this.#write(next.bytes);
      }
      this.#wait();
    });
  }

  #write(bytes: Buffer): void {
    this.#sent += bytes.length;
    this.#socket.write(bytes);
  }
}

/** The sink holds whole frames, so the first one begins where the bytes begin. */
function cutFirst(bytes: Buffer, how: Cut): Buffer {
  const length = bytes.readUInt32BE(0);
  const half = bytes.subarray(4, 4 + Math.max(1, length >> 1));
  if (how === 'socket') return bytes.subarray(0, 4 + half.length);
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(half.length);
  return Buffer.concat([prefix, half, bytes.subarray(4 + length)]);
}
