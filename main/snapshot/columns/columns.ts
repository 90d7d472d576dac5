import type { Bar } from '../../../shared/bar.ts';
import { type BarColumns, barsOf, columnsOf, mergedByTime } from '../../kit/bar-columns.ts';
import { SegmentError } from '../errors.ts';
import type { SegmentOs } from '../os/segment-os.ts';
import { ColumnSegment, slabEnd } from './column-segment.ts';
import {
  entryLost,
  entryProvisional,
  headerBytes,
  powerOfTwoAtLeast,
  slabBytes,
  slabStart,
  symbolBytes,
} from './layout.ts';
import { chunkRows, RowBuffer } from './rows.ts';
import { capacityFor, emptySeries, newSeries, roomFor, type Series } from './series.ts';
import { StoredRows } from './stored-rows.ts';

export interface ColumnsOptions {
  readonly os: SegmentOs;
  readonly name: string;
  readonly pid: number;
  readonly startMs: number;
  readonly generation: number;
  readonly initialBytes: number;
  readonly initialSeries: number;
}

const pieceBytes = 1 << 16;

/** The writer of `<name>-bars`: where every series lies, and how it changes for readers to follow. */
export class Columns {
  readonly #options: ColumnsOptions;
  readonly #series = new Map<string, Series>();
  readonly #scratch: RowBuffer;
  readonly #stored: StoredRows;
  #target: ColumnSegment;
  #globalEpoch = 0;
  #lastUpdateMs = 0;
  #heartbeatMs: number;
  #verifyFrom = 0;

  constructor(options: ColumnsOptions) {
    this.#options = options;
    this.#scratch = new RowBuffer(options.os);
    this.#stored = new StoredRows(this.#scratch);
    const dirCapacity = options.initialSeries;
    const size = Math.max(options.initialBytes, powerOfTwoAtLeast(slabStart(dirCapacity) + 4096));
    this.#heartbeatMs = options.startMs;
    this.#target = this.#create(size, dirCapacity, options.generation, 0);
    this.#target.publish();
  }

  get segment(): ColumnSegment {
    return this.#target;
  }

  get generation(): number {
    return this.#target.plan.generation;
  }

  get name(): string {
    return this.#target.plan.name;
  }

  begin(epoch: number): void {
    this.#globalEpoch = epoch;
    this.#target.setGlobalEpoch(epoch);
  }

  end(epoch: number, now: number): void {
    this.#globalEpoch = epoch;
    this.#lastUpdateMs = now;
    this.#target.setLastUpdate(now);
    this.#target.setGlobalEpoch(epoch);
  }

  heartbeat(now: number): void {
    this.#heartbeatMs = now;
    this.#target.setHeartbeat(now);
  }

  close(): void {
    if (this.#target.segment.safeBytes() >= headerBytes) this.#target.close();
    this.#target.segment.remove();
    this.#target.segment.unmap();
  }

  replace(symbol: string, barSeconds: number, bars: readonly Bar[], now: number): number {
    return this.replaceRows(symbol, barSeconds, columnsOf(bars), now);
  }

  /** Makes the series exactly these rows; answers the index of the first that is not as before. */
  replaceRows(
    symbol: string,
    barSeconds: number,
    rows: BarColumns,
    now: number,
    provisional = false,
  ): number {
    const series = this.#find(symbol, barSeconds);
    const from = this.#stored.sameRows(this.#target, series, 0, rows);
    if (from < series.count || from < rows.length) {
      this.#write(series, from, rows, from, now, provisional);
    } else {
      this.#touch(series, now, provisional);
    }
    return from;
  }

  merge(symbol: string, barSeconds: number, bars: readonly Bar[], now: number): number {
    return this.mergeRows(symbol, barSeconds, columnsOf(bars), now);
  }

  /**
   * Lays rows over the series by their time; answers the index of the first that changed. Whether the
   * last bar is provisional is only for rows to say that reach it.
   */
  mergeRows(
    symbol: string,
    barSeconds: number,
    rows: BarColumns,
    now: number,
    provisional = false,
  ): number {
    const series = this.#find(symbol, barSeconds);
    const first = rows.t[0] as number;
    const newest = (rows.t[rows.length - 1] as number) >= series.lastT;
    const last = newest ? provisional : (series.flags & entryProvisional) !== 0;
    if (first > series.lastT) {
      const from = series.count;
      this.#write(series, from, rows, 0, now, last);
      return from;
    }
    const from = this.#stored.indexOf(this.#target, series, first);
    const merged = mergedByTime(this.#stored.rows(this.#target, series, from), rows);
    const same = this.#stored.sameRows(this.#target, series, from, merged);
    if (same < merged.length) this.#write(series, from + same, merged, same, now, last);
    else this.#touch(series, now, last);
    return from + same;
  }

  /**
   * So many new series of so many rows in all are about to come: the segment grows once and by what is known, not again
   * and again and twofold.
   */
  makeRoom(series: number, rows: number): void {
    const bytes = roomFor(series, rows);
    if (this.#target.space.freeBytes < bytes) this.#grow(bytes, wholePieces);
  }

  /** One bar that is new or changes the last one. This is the path of ticks: no allocation. */
  put(symbol: string, barSeconds: number, bar: Bar, now: number, provisional = false): void {
    const series = this.#find(symbol, barSeconds);
    const revises = bar.t === series.lastT;
    if (bar.t < series.lastT || (!revises && series.count === series.capacity)) {
      this.mergeRows(symbol, barSeconds, columnsOf([bar]), now, provisional);
      return;
    }
    const { sum } = series;
    const row = revises ? series.count - 1 : series.count;
    if (revises) this.#stored.addTo(sum, this.#target, series, row, row + 1, -1);
    this.#scratch.set(0, bar);
    this.#scratch.addTo(sum, 1, 1);
    this.#target.openEntry(series.index, series.epoch + 1);
    this.#target.writeRow(series.dataOff, series.capacity, row, this.#scratch.address);
    series.epoch += 2;
    series.count = row + 1;
    series.lastT = bar.t;
    series.lastUpdateMs = now;
    setProvisional(series, provisional);
    this.#target.closeEntry(series.index, series);
  }

  /** The session of the last bar is over: it is no longer provisional. */
  settle(symbol: string, barSeconds: number, now: number): void {
    const series = this.#series.get(keyOf(symbol, barSeconds));
    if (series && series.flags & entryProvisional) this.#touch(series, now, false);
  }

  count(symbol: string, barSeconds: number): number {
    return this.#series.get(keyOf(symbol, barSeconds))?.count ?? 0;
  }

  /** The bars of a series from an index on. */
  read(symbol: string, barSeconds: number, from: number): Bar[] {
    const series = this.#series.get(keyOf(symbol, barSeconds));
    return series ? barsOf(this.#stored.rows(this.#target, series, Math.max(0, from))) : [];
  }

  /**
   * Checks a few series against their sums, going round, within a budget of rows. A series that a
   * stranger has damaged is marked as lost, and answered.
   */
  verifySome(rows: number, now: number): Series[] {
    const all = [...this.#series.values()];
    const lost: Series[] = [];
    let left = rows;
    for (let looked = 0; looked < all.length && left > 0; looked++) {
      this.#verifyFrom = (this.#verifyFrom + 1) % all.length;
      const series = all[this.#verifyFrom] as Series;
      left -= series.count;
      if (series.count > 0 && !this.#stored.intact(this.#target, series)) {
        this.#lose(series, now);
        lost.push(series);
      }
    }
    return lost;
  }

  /**
   * Carries everything that can still be read and verified into a new generation: the way out when
   * the segment was removed for good or shrunk. Answers the series that could not be saved.
   */
  rebuild(): Series[] {
    const { plan, segment } = this.#target;
    return this.#move(plan.size, plan.dirCapacity, segment.safeBytes());
  }

  #find(symbol: string, barSeconds: number): Series {
    const key = keyOf(symbol, barSeconds);
    const known = this.#series.get(key);
    if (known) return known;
    if (Buffer.byteLength(symbol) > symbolBytes) {
      throw new SegmentError(
        'SHM_NAME',
        `the symbol ${symbol} is longer than ${symbolBytes} bytes`,
        'It is left out of the columns; the dictionary and the quotes have it.',
      );
    }
    if (!this.#target.hasRoomForEntry) this.#grow(0);
    const series = newSeries(symbol, barSeconds);
    series.index = this.#target.addEntry(symbol, barSeconds, series);
    this.#series.set(key, series);
    return series;
  }

  /** Writes `rows` from their row `start` on as rows `from` and following, and ends the series there. */
  #write(
    series: Series,
    from: number,
    rows: BarColumns,
    start: number,
    now: number,
    provisional: boolean,
  ): void {
    const count = from + rows.length - start;
    // Room is made first: when there is none, nothing has been touched yet.
    const place = this.#placeFor(series, count, now);
    const rewrites = from < series.count - 1 || (from === series.count - 1 && count < series.count);
    this.#target.openEntry(series.index, series.epoch + 1);
    if (from === 0) {
      series.sum.low = 0;
      series.sum.high = 0;
    } else {
      this.#stored.addTo(series.sum, this.#target, series, from, series.count, -1);
    }
    if (place.dataOff !== series.dataOff) this.#relocate(series, place, from, now);
    for (let row = from; row < count; row += chunkRows) {
      const some = Math.min(chunkRows, count - row);
      this.#scratch.setRows(rows, start + row - from, some);
      this.#scratch.addTo(series.sum, some, 1);
      this.#target.writeRows(series.dataOff, series.capacity, row, this.#scratch, some);
    }
    series.epoch += 2;
    if (rewrites) series.rewriteEpoch = series.epoch;
    series.count = count;
    series.lastT =
      count > 0 ? this.#stored.timeAt(this.#target, series, count - 1) : Number.NEGATIVE_INFINITY;
    series.lastUpdateMs = now;
    series.flags &= ~entryLost;
    setProvisional(series, provisional);
    this.#target.closeEntry(series.index, series);
  }

  #touch(series: Series, now: number, provisional: boolean): void {
    this.#target.openEntry(series.index, series.epoch + 1);
    setProvisional(series, provisional);
    series.epoch += 2;
    series.lastUpdateMs = now;
    this.#target.closeEntry(series.index, series);
  }

  #lose(series: Series, now: number): void {
    this.#target.openEntry(series.index, series.epoch + 1);
    const { dataOff, capacity } = series;
    if (capacity > 0) this.#target.space.rest(dataOff, slabBytes(capacity), now);
    emptySeries(series);
    series.epoch += 2;
    series.rewriteEpoch = series.epoch;
    series.flags = entryLost;
    this.#target.closeEntry(series.index, series);
  }

  #placeFor(
    series: Series,
    count: number,
    now: number,
  ): { readonly dataOff: number; readonly capacity: number } {
    if (count <= series.capacity) return series;
    const capacity = capacityFor(count, series.capacity);
    const bytes = slabBytes(capacity);
    let dataOff = this.#target.takeSlab(bytes, now);
    if (dataOff === undefined) {
      this.#grow(bytes);
      dataOff = this.#target.takeSlab(bytes, now);
    }
    if (dataOff === undefined)
      throw new Error('a new generation has no room for what it was made for');
    return { dataOff, capacity };
  }

  #relocate(
    series: Series,
    place: { readonly dataOff: number; readonly capacity: number },
    rows: number,
    now: number,
  ): void {
    if (series.capacity > 0) {
      this.#target.copySlab(this.#target, series, place, rows);
      this.#target.space.rest(series.dataOff, slabBytes(series.capacity), now);
    }
    series.dataOff = place.dataOff;
    series.capacity = place.capacity;
  }

  #grow(extraBytes: number, sizeFor: (bytes: number) => number = powerOfTwoAtLeast): void {
    const { plan } = this.#target;
    const dirCapacity = this.#target.hasRoomForEntry ? plan.dirCapacity : plan.dirCapacity * 2;
    const needed = slabStart(dirCapacity) + this.#usedBytes() + extraBytes;
    // A quarter stays free, or the next full series would ask for another generation at once.
    const size = Math.max(plan.size, sizeFor(needed + needed / 4));
    this.#move(size, dirCapacity, plan.size);
  }

  #usedBytes(): number {
    let used = 0;
    for (const series of this.#series.values()) used += slabBytes(series.capacity);
    return used;
  }

  /** Makes the next generation, carries over what lies below `safe`, and retires this one. */
  #move(size: number, dirCapacity: number, safe: number): Series[] {
    const old = this.#target;
    const next = this.#create(size, dirCapacity, old.plan.generation + 1, this.#usedBytes());
    // Until the next generation has the name, this one must stay as it is known.
    const moved = [...this.#series.values()].map((series) => {
      const copy: Series = { ...series, sum: { ...series.sum } };
      const lost = !this.#carry(old, next, copy, safe);
      copy.index = next.addEntry(copy.symbol, copy.barSeconds, copy);
      return { series, copy, lost };
    });
    next.setLastUpdate(this.#lastUpdateMs);
    next.setGlobalEpoch(this.#globalEpoch);
    // Else its readers would think the writer dead until its heart beats again.
    next.setHeartbeat(this.#heartbeatMs);
    next.publish();
    for (const { series, copy } of moved) {
      Object.assign(series.sum, copy.sum);
      Object.assign(series, { ...copy, sum: series.sum });
    }
    this.#target = next;
    if (safe >= headerBytes) old.supersede(next.plan.generation);
    old.segment.unmap();
    return moved.filter(({ lost }) => lost).map(({ series }) => series);
  }

  /** Copies a series into a new generation; false, and an emptied series, when it is not whole. */
  #carry(old: ColumnSegment, next: ColumnSegment, series: Series, safe: number): boolean {
    const bytes = slabBytes(series.capacity);
    const dataOff = bytes > 0 ? next.takeSlab(bytes, 0) : 0;
    if (dataOff === undefined) throw new Error('a new generation is smaller than the old one');
    const readable = slabEnd(series) <= safe;
    if (readable) {
      next.copySlab(old, series, { dataOff, capacity: series.capacity }, series.count);
    }
    series.dataOff = dataOff;
    const whole = readable && (safe === old.plan.size || this.#stored.intact(next, series));
    if (whole || series.count === 0) return true;
    next.space.rest(dataOff, bytes, 0);
    emptySeries(series);
    series.epoch += 2;
    series.rewriteEpoch = series.epoch;
    series.flags = entryLost;
    return false;
  }

  #create(size: number, dirCapacity: number, generation: number, usedBytes: number): ColumnSegment {
    const { os, name, pid, startMs } = this.#options;
    const own = os.canReplace || generation === this.#options.generation;
    return new ColumnSegment(os, {
      name: own ? name : `${name}.${generation}`,
      size,
      slabBytes: usedBytes,
      dirCapacity,
      generation,
      pid,
      startMs,
    });
  }
}

function setProvisional(series: Series, provisional: boolean): void {
  if (provisional) series.flags |= entryProvisional;
  else series.flags &= ~entryProvisional;
}

/** In pieces that every system hands out memory in. */
function wholePieces(bytes: number): number {
  return Math.ceil(bytes / pieceBytes) * pieceBytes;
}

function keyOf(symbol: string, barSeconds: number): string {
  return `${barSeconds}:${symbol}`;
}
