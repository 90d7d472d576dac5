import { civilDate, dayMs, dayNumber } from './civil.ts';

/** Local time of one zone. An Intl call costs microseconds, so the changes of a year are sought once. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, readonly Stretch[]>();
  #from = 1;
  #to = 0;
  #offset = 0;

  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** Local time minus UTC, in ms, at an instant. */
  offsetAt(utcMs: number): number {
    if (utcMs >= this.#from && utcMs < this.#to) return this.#offset;
    if (!Number.isFinite(utcMs)) throw new RangeError(`${utcMs} is no instant`);
    const stretches = this.#stretches(civilDate(Math.floor(utcMs / dayMs)).year);
    let i = stretches.length - 1;
    while (i > 0 && (stretches[i] as Stretch).from > utcMs) i--;
    const found = stretches[i] as Stretch;
    this.#from = found.from;
    this.#to = found.to;
    this.#offset = found.offset;
    return found.offset;
  }

  /** The local wall clock of an instant, counted in ms as if it were UTC. */
  toLocal(utcMs: number): number {
    return utcMs + this.offsetAt(utcMs);
  }

  /** The instant of a local wall clock: the first of two, and past the gap when the clock skips it. */
  toUtc(localMs: number): number {
    const before = this.offsetAt(localMs - dayMs);
    const after = this.offsetAt(localMs + dayMs);
    if (before === after) return localMs - before;
    if (this.offsetAt(localMs - before) === before) return localMs - before;
    if (this.offsetAt(localMs - after) === after) return localMs - after;
    return localMs - before;
  }

  /** The day number of the local date at an instant. */
  dayAt(utcMs: number): number {
    return Math.floor(this.toLocal(utcMs) / dayMs);
  }

  #stretches(year: number): readonly Stretch[] {
    const known = this.#years.get(year);
    if (known) return known;
    const start = dayNumber(year, 1, 1) * dayMs;
    const end = dayNumber(year + 1, 1, 1) * dayMs;
    const found: Stretch[] = [];
    let from = start;
    let offset = this.#ask(start);
    // A week is shorter than any two changes that a zone made close together.
    for (let at = start; at < end; ) {
      const next = Math.min(at + 7 * dayMs, end);
      const then = this.#ask(next);
      if (then !== offset) {
        const change = this.#change(at, next, offset);
        found.push({ from, to: change, offset });
        from = change;
        offset = then;
      }
      at = next;
    }
    if (from < end) found.push({ from, to: end, offset });
    this.#years.set(year, found);
    return found;
  }

  /** The first second, between two instants, at which the offset is no longer `offset`. */
  #change(from: number, to: number, offset: number): number {
    let low = from / 1000;
    let high = to / 1000;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    return high * 1000;
  }

  #ask(utcMs: number): number {
    const found = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/.exec(this.#format.format(utcMs));
    if (!found) throw new Error(`Intl wrote a date of ${this.name} in an unknown form`);
    const [month, day, year, hour, minute, second] = found.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return (
      dayNumber(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000 - utcMs
    );
  }
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const zones = new Map<string, Zone>();

/** The zone of an IANA name, one object for each name; throws a RangeError for a name Intl does not know. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}
