import { zoneOf } from '../../calendar/zone.ts';
import { since } from './versions.ts';

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** `yyyymmdd` of an instant, as UTC. */
export function dateText(ms: number): string {
  const date = new Date(ms);
  return `${date.getUTCFullYear()}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
}

/** `hh:mm:ss` of an instant, as UTC. */
export function clockText(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** `yyyymmdd hh:mm:ss Zone` as messages carry it; older servers leave the zone out and set two spaces. */
export function zonedText(ms: number, zone: string, version: number): string {
  const wall = zoneOf(zone).toLocal(ms);
  return version >= since.instrumentTimeZone
    ? `${dateText(wall)} ${clockText(wall)} ${zone}`
    : `${dateText(wall)}  ${clockText(wall)}`;
}

/** `yyyymmdd-hh:mm:ss` as schedules carry it, in the exchange's own time. */
export function dashedText(ms: number, zone: string): string {
  const wall = zoneOf(zone).toLocal(ms);
  return `${dateText(wall)}-${clockText(wall)}`;
}

/**
 * The instant a request names: `yyyymmdd-hh:mm:ss` is UTC, `yyyymmdd hh:mm:ss [Zone]` that zone or the instrument's
 * own. Undefined when it is neither.
 */
export function instantFrom(text: string, zone: string): number | undefined {
  const match =
    /^(?:(\d{4})(\d\d)(\d\d)([ -]))?(\d\d):(\d\d):(\d\d)(?: +([A-Za-z0-9_+\-/]+))?$/.exec(
      text.trim().replace(/ {2,}/, ' '),
    );
  if (!match?.[1]) return dayFrom(text, zone);
  const [, year, month, day, separator, hour, minute, second, named] = match;
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (dateText(wall) !== `${year}${month}${day}` || Number(minute) > 59 || Number(second) > 59) {
    return undefined;
  }
  if (separator === '-' && named === undefined) return wall;
  const where = named ?? zone;
  return isZone(where) ? zoneOf(where).toUtc(wall) : undefined;
}

function dayFrom(text: string, zone: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)$/.exec(text.trim());
  if (!match) return undefined;
  const wall = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return dateText(wall) === text.trim() ? zoneOf(zone).toUtc(wall) : undefined;
}

function isZone(name: string): boolean {
  try {
    zoneOf(name);
    return true;
  } catch {
    return false;
  }
}
