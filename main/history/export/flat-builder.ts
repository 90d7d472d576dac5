/**
 * Builds FlatBuffers, as Arrow's metadata is written: from the end to the front, each part referring to others by
 * distance. An offset here is counted from the end of the buffer.
 */
export class FlatBuilder {
  #bytes = new Uint8Array(1024);
  #used = 0;
  #widest = 1;

  get offset(): number {
    return this.#used;
  }

  /** Makes room so that after `extra` more bytes the place is aligned to `size`. */
  align(size: number, extra = 0): void {
    this.#widest = Math.max(this.#widest, size);
    while ((this.#used + extra) % size !== 0) this.#push([0]);
  }

  byte(value: number): void {
    this.#push([value & 255]);
  }

  int16(value: number): void {
    this.align(2);
    this.#push([value, value >> 8]);
  }

  int32(value: number): void {
    this.align(4);
    this.#push([value, value >> 8, value >> 16, value >> 24]);
  }

  int64(value: number): void {
    this.align(8);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
    this.#push([...bytes]);
  }

  /** A reference to something written before. */
  reference(offset: number): void {
    this.align(4);
    this.int32(this.#used + 4 - offset);
  }

  string(text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.align(4, bytes.length + 1);
    this.#push([...bytes, 0]);
    this.int32(bytes.length);
    return this.#used;
  }

  references(offsets: readonly number[]): number {
    this.align(4);
    for (const offset of [...offsets].reverse()) this.reference(offset);
    this.int32(offsets.length);
    return this.#used;
  }

  /** Structs of 64-bit numbers, given row by row. */
  structs(rows: readonly (readonly number[])[]): number {
    this.align(8, 0);
    for (const row of [...rows].reverse()) {
      for (const value of [...row].reverse()) this.int64(value);
    }
    this.int32(rows.length);
    return this.#used;
  }

  /** Fields by their number; each writes one value. */
  table(fields: Readonly<Record<number, () => void>>): number {
    const places = new Map<number, number>();
    const numbers = Object.keys(fields).map(Number);
    this.align(4);
    const end = this.#used;
    for (const number of numbers) {
      (fields[number] as () => void)();
      places.set(number, this.#used);
    }
    this.align(4);
    // Room for the distance to the table of places, filled in below.
    this.#push([0, 0, 0, 0]);
    const start = this.#used;
    const count = numbers.length === 0 ? 0 : Math.max(...numbers) + 1;
    const entries = Array.from({ length: count }, (_, number) => {
      const place = places.get(number);
      return place === undefined ? 0 : start - place;
    });
    const places16 = [4 + 2 * count, start - end, ...entries];
    this.align(2);
    for (const value of places16.reverse()) this.int16(value);
    const distance = this.#used - start;
    new DataView(this.#bytes.buffer).setInt32(this.#bytes.length - start, distance, true);
    return start;
  }

  finish(root: number): Uint8Array {
    this.align(this.#widest, 4);
    this.reference(root);
    return this.#bytes.slice(this.#bytes.length - this.#used);
  }

  #push(bytes: readonly number[]): void {
    if (this.#used + bytes.length > this.#bytes.length) {
      const bigger = new Uint8Array((this.#bytes.length + bytes.length) * 2);
      bigger.set(this.#bytes, bigger.length - this.#bytes.length);
      this.#bytes = bigger;
    }
    this.#used += bytes.length;
    this.#bytes.set(bytes, this.#bytes.length - this.#used);
  }
}
