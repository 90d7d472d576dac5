import { isTimeframe } from '../../../shared/bar.ts';
import { type Series, seriesKey } from '../store/file-name.ts';
import { inFairOrder, type PlannedRequest } from './planner.ts';

export type Wanted = 'person' | 'filler';

export interface QueuedRequest extends PlannedRequest {
  readonly id: number;
  readonly wanted: Wanted;
  readonly queuedAt: number;
  /** How often it was tried without an answer. */
  readonly attempts: number;
  /** Not to be tried before. */
  readonly notBefore: number;
}

/**
 * What is still to be asked for. It survives a restart, holds every missing bar once, and gives people's requests
 * before the filler's own; the filler's are newest first with turns between symbols.
 */
export class RequestQueue {
  #items: QueuedRequest[] = [];
  #nextId = 1;
  #changed = false;
  #ordered = true;
  #bySeries: ReadonlyMap<string, readonly QueuedRequest[]> | undefined;

  constructor(saved: unknown) {
    if (!Array.isArray(saved)) return;
    this.#items = saved.filter(isQueued);
    this.#nextId = 1 + Math.max(0, ...this.#items.map(({ id }) => id));
  }

  get length(): number {
    return this.#items.length;
  }

  items(): readonly QueuedRequest[] {
    if (!this.#ordered) {
      const people = this.#items.filter(({ wanted }) => wanted === 'person');
      const filler = this.#items.filter(({ wanted }) => wanted === 'filler');
      this.#items = [...people, ...inFairOrder(filler)];
      this.#ordered = true;
    }
    return this.#items;
  }

  add(
    requests: readonly PlannedRequest[],
    wanted: Wanted,
    now: number,
    notBefore = 0,
  ): readonly QueuedRequest[] {
    const added = requests.map((request) => ({
      ...request,
      id: this.#nextId++,
      wanted,
      queuedAt: now,
      attempts: 0,
      notBefore,
    }));
    if (added.length > 0) {
      this.#items = [...this.#items, ...added];
      this.#touch();
    }
    return added;
  }

  /** The wanted spans of one series that wait already, so that nobody plans them again. */
  waiting(series: Series): readonly QueuedRequest[] {
    this.#bySeries ??= grouped(this.#items);
    return this.#bySeries.get(seriesKey(series)) ?? [];
  }

  remove(id: number): void {
    this.#drop((item) => item.id === id);
  }

  removeSeries(series: Series): void {
    const key = seriesKey(series);
    this.#drop((item) => seriesKey(item) === key);
  }

  /** Everything of one kind, or all. Answers how many there were. */
  clear(wanted?: Wanted): number {
    return this.#drop((item) => wanted === undefined || item.wanted === wanted);
  }

  removeSymbol(symbol: string): void {
    this.#drop((item) => item.symbol === symbol);
  }

  removeWhere(which: (item: QueuedRequest) => boolean): void {
    this.#drop(which);
  }

  /** Later, through no fault of the request's own. */
  postpone(id: number, notBefore: number): void {
    this.#items = this.#items.map((item) => (item.id === id ? { ...item, notBefore } : item));
    this.#touch();
  }

  delay(id: number, notBefore: number): void {
    this.#items = this.#items.map((item) =>
      item.id === id ? { ...item, notBefore, attempts: item.attempts + 1 } : item,
    );
    this.#touch();
  }

  /** A person wants now what the filler would have fetched later. */
  promote(series: Series): void {
    const key = seriesKey(series);
    this.#items = this.#items.map((item) =>
      seriesKey(item) === key ? { ...item, wanted: 'person' as const, notBefore: 0 } : item,
    );
    this.#touch();
  }

  takeChanges(): unknown {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return this.items();
  }

  #drop(which: (item: QueuedRequest) => boolean): number {
    const before = this.#items.length;
    this.#items = this.#items.filter((item) => !which(item));
    const dropped = before - this.#items.length;
    if (dropped > 0) this.#touch();
    return dropped;
  }

  #touch(): void {
    this.#changed = true;
    this.#ordered = false;
    this.#bySeries = undefined;
  }
}

function grouped(items: readonly QueuedRequest[]): Map<string, QueuedRequest[]> {
  const groups = new Map<string, QueuedRequest[]>();
  for (const item of items) {
    const key = seriesKey(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function isQueued(item: unknown): item is QueuedRequest {
  if (typeof item !== 'object' || item === null) return false;
  const one = item as Partial<QueuedRequest>;
  return (
    typeof one.symbol === 'string' &&
    isTimeframe(String(one.timeframe)) &&
    (one.hours === 'regular' || one.hours === 'all') &&
    (one.wanted === 'person' || one.wanted === 'filler') &&
    [one.id, one.end, one.from, one.to, one.days, one.holes].every(Number.isFinite) &&
    [one.queuedAt, one.attempts, one.notBefore].every(Number.isFinite) &&
    Number.isFinite(one.duration?.count) &&
    ['S', 'D', 'Y'].includes(String(one.duration?.unit))
  );
}
