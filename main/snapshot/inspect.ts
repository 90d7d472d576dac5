import {
  type EntryFields,
  entryBytes,
  entryFault,
  entryLost,
  type HeaderFields,
  headerBytes,
  headerFault,
  readEntry,
  readHeader,
  timeframeOf,
} from './columns/layout.ts';
import { SegmentError } from './errors.ts';
import { systemSegments } from './os/index.ts';
import type { FoundSegment, SegmentOs } from './os/segment-os.ts';

export type WriterCondition = 'live' | 'dead' | 'closed' | 'superseded' | 'unknown';
export type SeriesCondition = 'good' | 'being-written' | 'torn' | 'damaged' | 'lost';

export interface Problem {
  readonly code: string;
  readonly message: string;
}

export interface SeriesReport {
  readonly symbol: string;
  readonly barSeconds: number;
  readonly timeframe: string | null;
  readonly epoch: number;
  readonly rewriteEpoch: number;
  readonly lastUpdateMs: number;
  readonly count: number;
  readonly capacity: number;
  readonly dataOff: number;
  /** The checksum in the entry, as 16 hexadecimal digits. */
  readonly sum64: string;
  readonly condition: SeriesCondition;
}

export interface ColumnsReport {
  readonly name: string;
  readonly size: number;
  readonly header: HeaderFields;
  readonly writer: {
    readonly pid: number;
    readonly condition: WriterCondition;
    readonly heartbeatAgeMs: number;
  };
  readonly series: readonly SeriesReport[];
}

export interface DictionaryReport {
  readonly name: string;
  readonly size: number;
  readonly entries: readonly {
    readonly ticker: string;
    readonly epoch: number;
    readonly lastUpdateMs: number;
    readonly writerPid: number;
    /** Null when the entry says that there is no list at all. */
    readonly bars: number | null;
  }[];
}

/** What `gatehouse shm` found, fit for JSON. */
export interface SegmentsReport {
  readonly ok: boolean;
  readonly dictionary: DictionaryReport | null;
  readonly columns: ColumnsReport | null;
  readonly problems: readonly Problem[];
}

export interface InspectOptions {
  /** Of the dictionary; the columns are `<name>-bars`. */
  readonly name: string;
  readonly os?: SegmentOs;
  readonly now?: () => number;
  readonly alive?: (pid: number) => boolean;
}

const deadAfterMs = 5000;
const tries = 50;

/** Looks at both segments as a stranger would: trusts nothing, verifies every checksum. */
export function inspectSegments(options: InspectOptions): SegmentsReport {
  const os = options.os ?? systemSegments();
  const problems: Problem[] = [];
  const dictionary = withSegment(os, options.name, problems, (found) =>
    readDictionary(options.name, found, problems),
  );
  const columns = withSegment(os, `${options.name}-bars`, problems, (found) =>
    readColumns(`${options.name}-bars`, found, problems, {
      now: options.now ?? Date.now,
      alive: options.alive ?? pidLives,
    }),
  );
  return { ok: problems.length === 0, dictionary, columns, problems };
}

function withSegment<T>(
  os: SegmentOs,
  name: string,
  problems: Problem[],
  read: (found: FoundSegment) => T | null,
): T | null {
  let found: FoundSegment | undefined;
  try {
    found = os.open(name, 'read');
    if (found) return read(found);
    problems.push({ code: 'SHM_MISSING', message: `there is no segment ${name}` });
  } catch (error) {
    const code = error instanceof SegmentError ? error.code : 'SHM_SYSTEM';
    problems.push({ code, message: (error as Error).message });
  } finally {
    found?.close();
  }
  return null;
}

function readDictionary(
  name: string,
  found: FoundSegment,
  problems: Problem[],
): DictionaryReport | null {
  for (let again = 0; again < tries; again++) {
    const bytes = found.read(0, found.size);
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    const entries = entriesOf(bytes.toString('latin1', 0, end));
    if (entries) return { name, size: found.size, entries };
  }
  problems.push({ code: 'SHM_DAMAGED', message: `the segment ${name} holds no readable text` });
  return null;
}

function entriesOf(text: string): DictionaryReport['entries'] | undefined {
  try {
    const parsed = JSON.parse(text || '{}') as Record<string, DictionaryEntry>;
    return Object.entries(parsed).map(([ticker, { header, data }]) => ({
      ticker,
      epoch: header.epoch,
      lastUpdateMs: header.last_update_ms,
      writerPid: header.writer_pid,
      bars: data.df?.length ?? null,
    }));
  } catch {
    return undefined;
  }
}

interface DictionaryEntry {
  readonly header: {
    readonly epoch: number;
    readonly last_update_ms: number;
    readonly writer_pid: number;
  };
  readonly data: { readonly df: readonly unknown[] | null };
}

interface Surroundings {
  now(): number;
  alive(pid: number): boolean;
}

function readColumns(
  name: string,
  found: FoundSegment,
  problems: Problem[],
  around: Surroundings,
): ColumnsReport | null {
  const header = readHeader(found.read(0, headerBytes));
  if (!header) {
    problems.push({ code: 'SHM_FOREIGN', message: `${name} is not a columnar segment` });
    return null;
  }
  const fault = headerFault(header, found.size);
  if (fault) {
    const code = header.layout === 1 ? 'SHM_DAMAGED' : 'SHM_VERSION';
    problems.push({ code, message: `${name} cannot be read: ${fault}` });
    return null;
  }
  const condition = writerCondition(header, around);
  if (condition === 'dead') {
    const message = `the writer of ${name} (process ${header.writerPid}) has died`;
    problems.push({ code: 'WRITER_DEAD', message });
  }
  const series: SeriesReport[] = [];
  for (let i = 0; i < header.dirCount; i++) {
    const report = readSeries(found, header, i, condition);
    series.push(report);
    if (report.condition !== 'good' && report.condition !== 'being-written') {
      const message = `${report.symbol} (${report.timeframe ?? report.barSeconds}) is ${report.condition}`;
      problems.push({
        code: report.condition === 'torn' ? 'WRITER_DEAD' : 'SHM_CHECKSUM',
        message,
      });
    }
  }
  const heartbeatAgeMs = around.now() - header.heartbeatMs;
  return {
    name,
    size: found.size,
    header,
    writer: { pid: header.writerPid, condition, heartbeatAgeMs },
    series,
  };
}

function writerCondition(header: HeaderFields, around: Surroundings): WriterCondition {
  switch (header.state) {
    case 1: {
      const beats = header.heartbeatMs + deadAfterMs >= around.now();
      return beats && around.alive(header.writerPid) ? 'live' : 'dead';
    }
    case 2:
      return 'closed';
    case 3:
      return 'superseded';
    default:
      return 'unknown';
  }
}

function readSeries(
  found: FoundSegment,
  header: HeaderFields,
  index: number,
  writer: WriterCondition,
): SeriesReport {
  const at = header.dirOff + index * entryBytes;
  let fields = readEntry(found.read(at, entryBytes));
  let condition: SeriesCondition = 'being-written';
  for (let again = 0; again < tries; again++) {
    if (fields.epoch % 2 === 0) condition = judge(found, header, fields);
    else condition = writer === 'dead' ? 'torn' : 'being-written';
    const after = readEntry(found.read(at, entryBytes));
    if (after.epoch === fields.epoch && condition !== 'being-written') break;
    fields = after;
  }
  return {
    symbol: fields.symbol,
    barSeconds: fields.barSeconds,
    timeframe: timeframeOf(fields.barSeconds) ?? null,
    epoch: fields.epoch,
    rewriteEpoch: fields.rewriteEpoch,
    lastUpdateMs: fields.lastUpdateMs,
    count: fields.count,
    capacity: fields.capacity,
    dataOff: fields.dataOff,
    sum64: fields.sum64.toString(16).padStart(16, '0'),
    condition,
  };
}

function judge(found: FoundSegment, header: HeaderFields, fields: EntryFields): SeriesCondition {
  if (fields.count === 0 && fields.flags & entryLost) return 'lost';
  if (entryFault(fields, header)) return 'damaged';
  let sum = 0n;
  for (let column = 0; column < header.columns; column++) {
    const from = fields.dataOff + column * fields.capacity * 8;
    const bytes = found.read(from, fields.count * 8);
    if (bytes.length < fields.count * 8) return 'damaged';
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, fields.count);
    for (const word of words) sum += word;
  }
  return BigInt.asUintN(64, sum) === fields.sum64 ? 'good' : 'damaged';
}

function pidLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The same for people: one line a series, the problems last. */
export function describeSegments(report: SegmentsReport): string {
  const lines: string[] = [];
  if (report.columns) lines.push(...describeColumns(report.columns), '');
  if (report.dictionary) lines.push(...describeDictionary(report.dictionary), '');
  if (report.ok) lines.push('Everything verified.');
  for (const { code, message } of report.problems) lines.push(`${code}: ${message}`);
  return `${lines.join('\n')}\n`;
}

function describeColumns(columns: ColumnsReport): string[] {
  const { header, writer } = columns;
  const rows = columns.series.map((series) => [
    series.symbol,
    series.timeframe ?? `${series.barSeconds} s`,
    String(series.count),
    String(series.capacity),
    String(series.epoch),
    timeText(series.lastUpdateMs),
    series.sum64,
    series.condition,
  ]);
  return [
    `${columns.name}: ${columns.size} bytes, generation ${header.generation}, ` +
      `${header.dirCount} of ${header.dirCapacity} series, global epoch ${header.globalEpoch}, ` +
      `last update ${timeText(header.lastUpdateMs)}`,
    `writer: process ${writer.pid}, ${writer.condition}, ` +
      `last heartbeat ${(writer.heartbeatAgeMs / 1000).toFixed(1)} s ago`,
    ...aligned([['symbol', 'bars', 'count', 'room', 'epoch', 'updated', 'sum64', ''], ...rows]),
  ];
}

function describeDictionary(dictionary: DictionaryReport): string[] {
  const rows = dictionary.entries.map((entry) => [
    entry.ticker,
    entry.bars === null ? 'none' : String(entry.bars),
    String(entry.epoch),
    timeText(entry.lastUpdateMs),
  ]);
  return [
    `${dictionary.name}: ${dictionary.size} bytes, ${dictionary.entries.length} entries`,
    ...aligned([['ticker', 'bars', 'epoch', 'updated'], ...rows]),
  ];
}

function timeText(ms: number): string {
  return ms > 0 ? new Date(ms).toISOString() : 'never';
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd(),
  );
}
