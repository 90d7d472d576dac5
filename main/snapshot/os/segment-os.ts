/** A memory object of the system, mapped for writing. Offsets are the caller's to keep in bounds. */
export interface Segment {
  readonly name: string;
  readonly size: number;
  /** Where it is mapped, for the copies of `SegmentOs`. */
  readonly address: number;
  /** Makes sure of the memory of the first bytes before they are touched; throws where there is none. */
  promise(bytes: number): void;
  /** Gives the object its public name, in place of whatever has it. */
  publish(): void;
  /** What has become of the name and the object since it was published. */
  condition(): SegmentCondition;
  /** How many bytes may still be touched; fewer than `size` when somebody has shrunk it. */
  safeBytes(): number;
  /** Puts the name back on this very object; false where only a new object can have the name. */
  restore(): boolean;
  /** Takes the name away if it is still ours. Those attached keep what they have. */
  remove(): void;
  /** After this the address must not be touched. */
  unmap(): void;
}

export type SegmentCondition = 'present' | 'missing' | 'replaced' | 'shrunk';

/** A segment somebody made, opened by its name without trusting it. */
export interface FoundSegment {
  readonly size: number;
  /** Fewer bytes than asked for when the segment is shorter. */
  read(at: number, bytes: number): Buffer;
  write(at: number, data: Buffer): void;
  close(): void;
}

/** All that the segments need of an operating system. */
export interface SegmentOs {
  /** True where a new object can take a name that others are attached to. */
  readonly canReplace: boolean;
  /** The file whose lock stands for the right to write segments of this name. */
  lockPath(name: string): string;
  /** Makes an object, zeroed and not yet published, of which all memory is promised, or the first bytes. */
  create(name: string, size: number, promised?: number): Segment;
  open(name: string, access: 'read' | 'write'): FoundSegment | undefined;
  /** Removes what a writer that died may have left under this name, the name itself included. */
  sweep(name: string): void;
  /** Calls soon after one of the names came or went, where the system can tell. */
  watch(names: readonly string[], call: () => void): () => void;
  /** The address of a buffer's first byte. It stays valid as long as the buffer is referenced. */
  addressOf(buffer: Uint8Array): number;
  copy(to: number, from: number, bytes: number): void;
  /** Negative, zero or positive, as memcmp says. */
  compare(a: number, b: number, bytes: number): number;
  /** Orders all memory accesses before it against all after it, for other processes to see. */
  fence(): void;
}
