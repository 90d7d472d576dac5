/** Wall-clock time of the zones IBKR names, without a formatter in the hot path. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const hourMs = 3_600_000;
/** No zone changes its offset within an hour that begins on the hour in UTC, but for the half-hour zones. */
const stepMs = hourMs / 2;

interface Remembered {
  readonly offsets: Map<number, number>;
}

const remembered = new Map<string, Remembered>();
const mostRemembered = 50_000;

/** Minutes east of UTC, in milliseconds, at that instant. Throws RangeError for a zone nobody knows. */
export function offsetMs(zone: string, atMs: number): number {
  if (zone === 'UTC') return 0;
  let memory = remembered.get(zone);
  if (!memory) {
    memory = { offsets: new Map() };
    formatterOf(zone);
    remembered.set(zone, memory);
  }
  const step = Math.floor(atMs / stepMs);
  const known = memory.offsets.get(step);
  if (known !== undefined) return known;
  if (memory.offsets.size > mostRemembered) memory.offsets.clear();
  const start = step * stepMs;
  const offset = wallMs(zone, start) - start;
  memory.offsets.set(step, offset);
  return offset;
}

/** The instant at which that zone's clocks show this date and time; in the hour that occurs twice, the first. */
export function instantOf(zone: string, wall: number): number {
  const first = wall - offsetMs(zone, wall - 12 * hourMs);
  if (first + offsetMs(zone, first) === wall) return first;
  return wall - offsetMs(zone, wall + 12 * hourMs);
}

export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

function wallMs(zone: string, atMs: number): number {
  const parts = formatterOf(zone).formatToParts(atMs);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}
