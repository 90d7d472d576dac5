import type { Bar } from '../../../shared/bar.ts';
import { anyTimes, dateOf, type TimeRules } from './time-rules.ts';

/** Why a line of a bar file is not taken. */
export const lineFaults = {
  fields: 'not six fields',
  time: 'a time that cannot be read',
  future: 'a time that is still to come',
  number: 'a field that is no number',
  negative: 'a negative price or volume',
  order: 'a high below its low',
} as const;
export type LineFault = keyof typeof lineFaults;

/** Where the six values stand among a file's columns. */
export type FieldOrder = readonly [number, number, number, number, number, number];

export const usualOrder: FieldOrder = [0, 1, 2, 3, 4, 5];

/** The patient parser for lines the quick one declines: other zones, exponents, other column orders. */
export function parseLine(
  line: string,
  order: FieldOrder = usualOrder,
  rules: TimeRules = anyTimes,
): Bar | LineFault {
  const fields = line.split(',');
  if (order === usualOrder ? fields.length !== 6 : fields.length <= Math.max(...order)) {
    return 'fields';
  }
  const field = (nth: number) => (fields[order[nth] as number] as string).trim();
  const t = parseTime(field(0), rules.daily);
  if (t === undefined) return 'time';
  if (t > rules.latest) return 'future';
  const values = [1, 2, 3, 4, 5].map((nth) => parseNumber(field(nth)));
  if (values.some(Number.isNaN)) return 'number';
  const [open, high, low, close, volume] = values as [number, number, number, number, number];
  // IBKR says -1 where a market has no volume.
  if (Math.min(open, high, low, close) < 0 || (volume < 0 && volume !== -1)) return 'negative';
  if (high < low) return 'order';
  return { t, open, high, low, close, volume: Math.max(0, volume) };
}

const timeForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A zone-less time is UTC, a date alone is its midnight there; with `dateOnly` so is everything. */
export function parseTime(text: string, dateOnly = false): number | undefined {
  const match = timeForm.exec(text);
  if (!match) return undefined;
  const [y, m, d, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((nth) => Number(match[nth] ?? 0));
  const t = Date.UTC(
    y as number,
    (m as number) - 1,
    d as number,
    hour as number,
    minute as number,
    second as number,
  );
  const back = new Date(t);
  if ((y as number) < 1900 || back.getUTCMonth() + 1 !== m || back.getUTCDate() !== d) {
    return undefined;
  }
  if ((hour as number) > 23 || (minute as number) > 59 || (second as number) > 59) return undefined;
  return dateOnly ? dateOf(t) : t - zoneOffsetMs(match[7]);
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function parseNumber(text: string): number {
  const number = numberForm.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}
