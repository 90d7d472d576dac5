import type { Segment, SegmentOs } from '../os/segment-os.ts';

/** A segment of text and a private copy of it, which every store passes through. */
export class TextMemory {
  readonly segment: Segment;
  readonly #os: SegmentOs;
  readonly #copy: Buffer;
  readonly #copyAddress: number;

  constructor(os: SegmentOs, segment: Segment) {
    this.segment = segment;
    this.#os = os;
    this.#copy = Buffer.alloc(segment.size);
    this.#copyAddress = os.addressOf(this.#copy);
  }

  write(at: number, text: string): void {
    this.#copy.write(text, at, 'latin1');
    this.flush(at, text.length);
  }

  /** Changes only the private copy, for a segment nobody can see yet. */
  draft(at: number, text: string): void {
    this.#copy.write(text, at, 'latin1');
  }

  blank(from: number, to: number): void {
    this.#copy.fill(0x20, from, to);
  }

  read(from: number, to: number): string {
    return this.#copy.toString('latin1', from, to);
  }

  flush(at: number, bytes: number): void {
    this.#os.copy(this.segment.address + at, this.#copyAddress + at, bytes);
  }

  matches(at: number, bytes: number): boolean {
    return this.#os.compare(this.segment.address + at, this.#copyAddress + at, bytes) === 0;
  }

  fence(): void {
    this.#os.fence();
  }

  /** Leaves an empty object, so that those still attached learn that nobody writes here any more. */
  retire(): void {
    const { segment } = this;
    if (segment.safeBytes() === segment.size) {
      this.#copy.fill(0);
      this.write(0, '{}');
      this.flush(0, segment.size);
    }
    segment.unmap();
  }
}
