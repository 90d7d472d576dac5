/** What arrives on a connection, cut into what it means. */
export type Arrival =
  | { readonly kind: 'hello'; readonly range: string }
  | { readonly kind: 'frame'; readonly payload: Buffer }
  | { readonly kind: 'broken'; readonly reason: string };

const greeting = Buffer.from('API\0', 'latin1');
/** No request comes near: contracts with legs take a few hundred bytes. */
export const largestRequest = 65_536;
const largestHello = 512;

/** Cuts one client's bytes into the hello and then frames. After `broken` it says nothing more. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #phase: 'greeting' | 'hello' | 'frames' | 'broken' = 'greeting';

  get phase(): 'greeting' | 'hello' | 'frames' | 'broken' {
    return this.#phase;
  }

  /** Bytes of a frame whose end has not come. */
  get pending(): number {
    return this.#pending.length;
  }

  *push(chunk: Buffer): Generator<Arrival> {
    if (this.#phase === 'broken') return;
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#phase === 'greeting' && !this.#greet()) {
      if ((this.#phase as string) === 'broken') {
        yield { kind: 'broken', reason: 'the hello does not begin with API' };
      }
      return;
    }
    while (this.#pending.length >= 4) {
      const length = this.#pending.readInt32BE(0);
      const hello = this.#phase === 'hello';
      if (length <= 0 || length > (hello ? largestHello : largestRequest)) {
        this.#break();
        yield { kind: 'broken', reason: `a ${hello ? 'hello' : 'frame'} of ${length} bytes` };
        return;
      }
      if (this.#pending.length < 4 + length) return;
      const payload = this.#pending.subarray(4, 4 + length);
      this.#pending = this.#pending.subarray(4 + length);
      if (hello) {
        this.#phase = 'frames';
        yield { kind: 'hello', range: payload.toString('latin1').replace(/\0+$/, '') };
      } else {
        yield { kind: 'frame', payload };
      }
      if ((this.#phase as string) === 'broken') return;
    }
  }

  /** Stops reading: what follows a refused hello is nobody's. */
  stop(): void {
    this.#break();
  }

  #greet(): boolean {
    const have = Math.min(greeting.length, this.#pending.length);
    if (greeting.compare(this.#pending, 0, have, 0, have) !== 0) {
      this.#break();
      return false;
    }
    if (have < greeting.length) return false;
    this.#pending = this.#pending.subarray(greeting.length);
    this.#phase = 'hello';
    return true;
  }

  #break(): void {
    this.#phase = 'broken';
    this.#pending = Buffer.alloc(0);
  }
}

export type Hello =
  | { readonly ok: true; readonly version: number; readonly options: string }
  | { readonly ok: false; readonly reason: string };

/** Negotiates `v100..193 +PACEAPI` down to what both sides speak. */
export function negotiate(range: string, oldest: number, newest: number): Hello {
  const match = /^v(\d{1,9})(?:\.\.(\d{1,9}))?(?: (.*))?$/s.exec(range);
  if (!match) return { ok: false, reason: `the hello asks for "${range.slice(0, 40)}"` };
  const low = Number(match[1]);
  const high = Number(match[2] ?? match[1]);
  const version = Math.min(high, newest);
  if (version < oldest || version < low) {
    return { ok: false, reason: `versions ${low} to ${high} are not spoken here` };
  }
  return { ok: true, version, options: match[3] ?? '' };
}
