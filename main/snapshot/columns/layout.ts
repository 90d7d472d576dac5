import { barSeconds, type Timeframe, timeframes } from '../../../shared/bar.ts';

/** The columnar layout, byte for byte; docs/shared-memory.md draws it for people. */
export const magic = 'GHBARS01';
export const layoutVersion = 1;
export const headerBytes = 4096;
export const entryBytes = 128;
export const columnCount = 6;
export const slabAlignment = 64;
export const symbolBytes = 32;

export const header = {
  magic: 0,
  layout: 8,
  headerBytes: 12,
  segmentSize: 16,
  generation: 24,
  dirCapacity: 32,
  dirEntry: 36,
  dirOff: 40,
  slabOff: 48,
  columns: 56,
  flags: 60,
  globalEpoch: 64,
  lastUpdateMs: 72,
  writerPid: 80,
  state: 84,
  writerStartMs: 88,
  heartbeatMs: 96,
  dirCount: 104,
  nextGeneration: 112,
} as const;

export const entry = {
  epoch: 0,
  lastUpdateMs: 8,
  version: 16,
  writerPid: 20,
  dataOff: 24,
  capacity: 32,
  count: 36,
  sum64: 40,
  rewriteEpoch: 48,
  barSeconds: 56,
  flags: 60,
  symbol: 64,
} as const;

export const writerState = { live: 1, closed: 2, superseded: 3 } as const;

/** The bars of this entry were lost with a damaged segment and wait to be written again. */
export const entryLost = 1;
/** The last bar of this entry is made of ticks while its session trades. */
export const entryProvisional = 2;

export function slabBytes(capacity: number): number {
  return roundUp(capacity * 8 * columnCount, slabAlignment);
}

/** Where slabs begin in a segment with room for so many entries. */
export function slabStart(dirCapacity: number): number {
  return roundUp(headerBytes + dirCapacity * entryBytes, slabAlignment);
}

export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

export function powerOfTwoAtLeast(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}

export function timeframeOf(seconds: number): Timeframe | undefined {
  return timeframes.find((timeframe) => barSeconds(timeframe) === seconds);
}

export interface HeaderFields {
  readonly layout: number;
  readonly headerBytes: number;
  readonly segmentSize: number;
  readonly generation: number;
  readonly dirCapacity: number;
  readonly dirEntry: number;
  readonly dirOff: number;
  readonly slabOff: number;
  readonly columns: number;
  readonly globalEpoch: number;
  readonly lastUpdateMs: number;
  readonly writerPid: number;
  readonly state: number;
  readonly writerStartMs: number;
  readonly heartbeatMs: number;
  readonly dirCount: number;
  readonly nextGeneration: number;
}

/** Reads a header without trusting it; undefined when it is too short or bears another magic. */
export function readHeader(bytes: Buffer): HeaderFields | undefined {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== magic) return undefined;
  const u32 = (at: number): number => bytes.readUInt32LE(at);
  const u64 = (at: number): number => Number(bytes.readBigUInt64LE(at));
  return {
    layout: u32(header.layout),
    headerBytes: u32(header.headerBytes),
    segmentSize: u64(header.segmentSize),
    generation: u64(header.generation),
    dirCapacity: u32(header.dirCapacity),
    dirEntry: u32(header.dirEntry),
    dirOff: u64(header.dirOff),
    slabOff: u64(header.slabOff),
    columns: u32(header.columns),
    globalEpoch: u64(header.globalEpoch),
    lastUpdateMs: u64(header.lastUpdateMs),
    writerPid: u32(header.writerPid),
    state: u32(header.state),
    writerStartMs: u64(header.writerStartMs),
    heartbeatMs: u64(header.heartbeatMs),
    dirCount: u32(header.dirCount),
    nextGeneration: u64(header.nextGeneration),
  };
}

/** Says why a header cannot be believed, for a segment of that many bytes. */
export function headerFault(fields: HeaderFields, size: number): string | undefined {
  if (fields.layout !== layoutVersion)
    return `its layout is ${fields.layout}, not ${layoutVersion}`;
  if (fields.headerBytes !== headerBytes) return `its header has ${fields.headerBytes} bytes`;
  if (fields.dirEntry !== entryBytes) return `its entries have ${fields.dirEntry} bytes`;
  if (fields.columns !== columnCount) return `it has ${fields.columns} columns`;
  if (fields.segmentSize > size) {
    return `it says ${fields.segmentSize} bytes and has only ${size}`;
  }
  if (fields.dirOff < headerBytes || fields.dirOff % 8 !== 0) return 'its directory is misplaced';
  const dirEnd = fields.dirOff + fields.dirCapacity * entryBytes;
  if (dirEnd > fields.slabOff || fields.slabOff > fields.segmentSize) {
    return 'its directory does not fit';
  }
  if (fields.dirCount > fields.dirCapacity) return 'it counts more entries than it has room for';
  return undefined;
}

export interface EntryFields {
  readonly symbol: string;
  readonly barSeconds: number;
  readonly epoch: number;
  readonly lastUpdateMs: number;
  readonly version: number;
  readonly writerPid: number;
  readonly dataOff: number;
  readonly capacity: number;
  readonly count: number;
  readonly sum64: bigint;
  readonly rewriteEpoch: number;
  readonly flags: number;
}

export function readEntry(bytes: Buffer): EntryFields {
  const u32 = (at: number): number => bytes.readUInt32LE(at);
  const u64 = (at: number): number => Number(bytes.readBigUInt64LE(at));
  const name = bytes.subarray(entry.symbol, entry.symbol + symbolBytes);
  const end = name.indexOf(0);
  return {
    symbol: name.toString('utf8', 0, end < 0 ? symbolBytes : end),
    barSeconds: u32(entry.barSeconds),
    epoch: u64(entry.epoch),
    lastUpdateMs: u64(entry.lastUpdateMs),
    version: u32(entry.version),
    writerPid: u32(entry.writerPid),
    dataOff: u64(entry.dataOff),
    capacity: u32(entry.capacity),
    count: u32(entry.count),
    sum64: bytes.readBigUInt64LE(entry.sum64),
    rewriteEpoch: u64(entry.rewriteEpoch),
    flags: u32(entry.flags),
  };
}

/** Says why an entry cannot be believed, given a believable header. */
export function entryFault(fields: EntryFields, within: HeaderFields): string | undefined {
  if (fields.count > fields.capacity) return 'it counts more bars than it has room for';
  const end = fields.dataOff + slabBytes(fields.capacity);
  const misplaced = fields.dataOff % slabAlignment !== 0 || fields.dataOff < within.slabOff;
  if (fields.capacity > 0 && (misplaced || end > within.segmentSize)) {
    return 'its bars lie outside the segment';
  }
  return undefined;
}
