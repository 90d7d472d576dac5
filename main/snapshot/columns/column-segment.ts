import type { Segment, SegmentOs } from '../os/segment-os.ts';
import {
  columnCount,
  entry,
  entryBytes,
  header,
  headerBytes,
  layoutVersion,
  magic,
  slabBytes,
  slabStart,
  symbolBytes,
  writerState,
} from './layout.ts';
import { chunkRows, type RowBuffer, type Sum64 } from './rows.ts';
import { SlabSpace } from './slab-space.ts';

const two32 = 4_294_967_296;
const entryVersion = 1;
/** What an update of an entry carries between its odd and its even epoch: bytes 8 to 56. */
const metaAt = entry.lastUpdateMs;
const metaBytes = entry.barSeconds - metaAt;

export interface SegmentPlan {
  readonly name: string;
  readonly size: number;
  /** So many bytes of slabs will surely be needed. */
  readonly slabBytes: number;
  readonly dirCapacity: number;
  readonly generation: number;
  readonly pid: number;
  readonly startMs: number;
}

export interface EntryState {
  readonly epoch: number;
  readonly lastUpdateMs: number;
  readonly dataOff: number;
  readonly capacity: number;
  readonly count: number;
  readonly sum: Readonly<Sum64>;
  readonly rewriteEpoch: number;
  readonly flags: number;
}

/**
 * One generation of the columns: the memory, and a private copy of its header and directory. All
 * stores go through the copy, so that what a stranger has overwritten can be put right from it.
 */
export class ColumnSegment {
  readonly plan: SegmentPlan;
  readonly space: SlabSpace;
  readonly #os: SegmentOs;
  readonly #segment: Segment;
  readonly #shadow: Uint32Array<ArrayBuffer>;
  readonly #shadowBytes: Buffer<ArrayBuffer>;
  readonly #shadowAddress: number;
  #entries = 0;

  constructor(os: SegmentOs, plan: SegmentPlan) {
    this.plan = plan;
    this.#os = os;
    const start = slabStart(plan.dirCapacity);
    this.#segment = os.create(plan.name, plan.size, start + plan.slabBytes);
    this.space = new SlabSpace(start, plan.size);
    this.#shadow = new Uint32Array((headerBytes + plan.dirCapacity * entryBytes) / 4);
    this.#shadowBytes = Buffer.from(this.#shadow.buffer);
    this.#shadowAddress = os.addressOf(this.#shadowBytes);
    this.#fillHeader();
  }

  get segment(): Segment {
    return this.#segment;
  }

  /** Writes the header, its magic last, and gives the segment its name. */
  publish(): void {
    this.#store(8, headerBytes - 8);
    this.#os.fence();
    this.#store(header.magic, 8);
    this.#segment.publish();
  }

  setGlobalEpoch(epoch: number): void {
    this.#os.fence();
    this.#put64(header.globalEpoch, epoch);
    this.#store(header.globalEpoch, 8);
    this.#os.fence();
  }

  setLastUpdate(ms: number): void {
    this.#put64(header.lastUpdateMs, ms);
    this.#store(header.lastUpdateMs, 8);
  }

  setHeartbeat(ms: number): void {
    this.#put64(header.heartbeatMs, ms);
    this.#store(header.heartbeatMs, 8);
  }

  close(): void {
    this.#put32(header.state, writerState.closed);
    this.#store(header.state, 4);
  }

  supersede(nextGeneration: number): void {
    this.#put64(header.nextGeneration, nextGeneration);
    this.#store(header.nextGeneration, 8);
    this.#os.fence();
    this.#put32(header.state, writerState.superseded);
    this.#store(header.state, 4);
  }

  /**
   * Where a slab may go, its memory promised; undefined where the segment is full. Memory is promised slab by slab, for
   * that of a large segment takes the system a while.
   */
  takeSlab(bytes: number, now: number): number | undefined {
    const at = this.space.take(bytes, now);
    if (at === undefined) return undefined;
    try {
      this.#segment.promise(at + bytes);
    } catch (error) {
      this.space.rest(at, bytes, 0);
      throw error;
    }
    return at;
  }

  get hasRoomForEntry(): boolean {
    return this.#entries < this.plan.dirCapacity;
  }

  /** Adds an entry; readers see it once the directory counts it. */
  addEntry(symbol: string, barSeconds: number, state: EntryState): number {
    const index = this.#entries++;
    const at = entryAt(index);
    const name = this.#shadowBytes.subarray(at + entry.symbol, at + entry.symbol + symbolBytes);
    name.fill(0);
    name.write(symbol, 'utf8');
    this.#put32(at + entry.barSeconds, barSeconds);
    this.#fillMeta(at, state);
    this.#put32(at + entry.flags, state.flags);
    this.#put64(at + entry.epoch, state.epoch);
    this.#store(at, entryBytes);
    this.#os.fence();
    this.#put32(header.dirCount, this.#entries);
    this.#store(header.dirCount, 4);
    return index;
  }

  /** The odd epoch, visible before anything that follows. */
  openEntry(index: number, epoch: number): void {
    const at = entryAt(index) + entry.epoch;
    this.#put64(at, epoch);
    this.#store(at, 8);
    this.#os.fence();
  }

  /** What the entry says, visible after its columns and before its even epoch. */
  closeEntry(index: number, state: EntryState): void {
    const at = entryAt(index);
    this.#fillMeta(at, state);
    this.#store(at + metaAt, metaBytes);
    if (this.#shadow[(at + entry.flags) >> 2] !== state.flags) {
      this.#put32(at + entry.flags, state.flags);
      this.#store(at + entry.flags, 4);
    }
    this.#os.fence();
    this.#put64(at + entry.epoch, state.epoch);
    this.#store(at + entry.epoch, 8);
  }

  /** Copies the first rows of a buffer to row `row` of a slab. */
  writeRows(slab: number, capacity: number, row: number, source: RowBuffer, rows: number): void {
    for (let column = 0; column < columnCount; column++) {
      const to = this.#segment.address + slab + (column * capacity + row) * 8;
      this.#os.copy(to, source.address + source.columnAt(column), rows * 8);
    }
  }

  /** The same for one row whose buffer's address the caller keeps: the path of every tick. */
  writeRow(slab: number, capacity: number, row: number, source: number): void {
    const copy = this.#os.copy;
    const stride = capacity * 8;
    let to = this.#segment.address + slab + row * 8;
    let from = source;
    for (let column = 0; column < columnCount; column++) {
      copy(to, from, 8);
      to += stride;
      from += chunkRows * 8;
    }
  }

  readRows(slab: number, capacity: number, row: number, target: RowBuffer, rows: number): void {
    for (let column = 0; column < columnCount; column++) {
      const from = this.#segment.address + slab + (column * capacity + row) * 8;
      this.#os.copy(target.address + target.columnAt(column), from, rows * 8);
    }
  }

  /** Copies the used rows of a slab to another place, in this generation or from an older one. */
  copySlab(from: ColumnSegment, slab: SlabPlace, target: SlabPlace, rows: number): void {
    for (let column = 0; column < columnCount; column++) {
      this.#os.copy(
        this.#segment.address + target.dataOff + column * target.capacity * 8,
        from.#segment.address + slab.dataOff + column * slab.capacity * 8,
        rows * 8,
      );
    }
  }

  /** True when header and directory are what was written; otherwise they are written again. */
  repair(): boolean {
    const used = headerBytes + this.#entries * entryBytes;
    const intact = this.#os.compare(this.#segment.address, this.#shadowAddress, used) === 0;
    if (!intact) this.#store(0, used);
    return intact;
  }

  #fillHeader(): void {
    const { plan } = this;
    this.#shadowBytes.write(magic, header.magic, 'latin1');
    this.#put32(header.layout, layoutVersion);
    this.#put32(header.headerBytes, headerBytes);
    this.#put64(header.segmentSize, plan.size);
    this.#put64(header.generation, plan.generation);
    this.#put32(header.dirCapacity, plan.dirCapacity);
    this.#put32(header.dirEntry, entryBytes);
    this.#put64(header.dirOff, headerBytes);
    this.#put64(header.slabOff, slabStart(plan.dirCapacity));
    this.#put32(header.columns, columnCount);
    this.#put32(header.writerPid, plan.pid);
    this.#put32(header.state, writerState.live);
    this.#put64(header.writerStartMs, plan.startMs);
    this.#put64(header.heartbeatMs, plan.startMs);
  }

  #fillMeta(at: number, state: EntryState): void {
    const words = this.#shadow;
    this.#put64(at + entry.lastUpdateMs, state.lastUpdateMs);
    words[(at + entry.version) >> 2] = entryVersion;
    words[(at + entry.writerPid) >> 2] = this.plan.pid;
    this.#put64(at + entry.dataOff, state.dataOff);
    words[(at + entry.capacity) >> 2] = state.capacity;
    words[(at + entry.count) >> 2] = state.count;
    words[(at + entry.sum64) >> 2] = state.sum.low;
    words[(at + entry.sum64 + 4) >> 2] = state.sum.high;
    this.#put64(at + entry.rewriteEpoch, state.rewriteEpoch);
  }

  #put32(at: number, value: number): void {
    this.#shadow[at >> 2] = value;
  }

  #put64(at: number, value: number): void {
    const high = Math.floor(value / two32);
    this.#shadow[at >> 2] = value - high * two32;
    this.#shadow[(at >> 2) + 1] = high;
  }

  #store(at: number, bytes: number): void {
    this.#os.copy(this.#segment.address + at, this.#shadowAddress + at, bytes);
  }
}

export interface SlabPlace {
  readonly dataOff: number;
  readonly capacity: number;
}

/** The end of a slab, for judging whether it lies within what is left of a segment. */
export function slabEnd(place: SlabPlace): number {
  return place.dataOff + slabBytes(place.capacity);
}

function entryAt(index: number): number {
  return headerBytes + index * entryBytes;
}
