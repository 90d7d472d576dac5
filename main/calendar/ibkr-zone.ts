import { dayMs } from './civil.ts';
import { zoneOf } from './zone.ts';

/** Old TWS versions name a zone by abbreviation or with its English name, which Intl does not know. */
const abbreviations: ReadonlyMap<string, string> = new Map([
  // Intl takes these for offsets that are fixed all year; the exchange's clock is not.
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['EST5EDT', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['CST6CDT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['MDT', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
  ['GMT', 'Europe/London'],
  ['BST', 'Europe/London'],
  ['GB-EIRE', 'Europe/London'],
  ['MET', 'Europe/Berlin'],
  ['CET', 'Europe/Berlin'],
  ['CEST', 'Europe/Berlin'],
  ['JST', 'Asia/Tokyo'],
  ['JAPAN', 'Asia/Tokyo'],
  ['HKT', 'Asia/Hong_Kong'],
  ['HONGKONG', 'Asia/Hong_Kong'],
  ['AUSTRALIA/NSW', 'Australia/Sydney'],
  ['ISRAEL', 'Asia/Jerusalem'],
]);

/** The IANA name of a zone as IBKR writes it; undefined when it means nothing to Intl either. */
export function ianaZone(text: string): string | undefined {
  // `EST (Eastern Standard Time)` is the abbreviation with its meaning behind it.
  const name = text.replace(/\(.*$/, '').trim();
  if (name === '') return undefined;
  const known = abbreviations.get(name.toUpperCase());
  if (known !== undefined) return known;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export interface ChosenZone {
  /** IANA name of the zone to read the times in; undefined when they cannot be read. */
  readonly timeZone: string | undefined;
  /** Why it is not the one the answer names: something is wrong. */
  readonly warning?: string;
  /** The same where nothing is wrong, for the log. */
  readonly note?: string;
}

/**
 * The zone to read an answer's times in. IBKR now and then names another zone than that of the exchange's hours, or an
 * offset that is fixed all year: then the exchange's own (`expected`) is taken. `days` are the local days of the answer.
 */
export function chooseZone(
  text: string,
  expected: string | undefined,
  days: readonly number[],
): ChosenZone {
  const named = ianaZone(text);
  if (named === undefined) {
    return expected === undefined
      ? {
          timeZone: undefined,
          warning: `"${text}" is no known time zone, so its hours cannot be read`,
        }
      : { timeZone: expected, warning: `"${text}" is no known time zone; ${expected} is taken` };
  }
  if (expected !== undefined && days.some((day) => !sameClock(named, expected, day))) {
    return {
      timeZone: expected,
      warning: `the answer names ${text}, the exchange keeps ${expected}; the latter is taken`,
    };
  }
  return isFixedOffset(text)
    ? { timeZone: named, note: `"${text}" is an offset fixed all year; ${named} is taken` }
    : { timeZone: named };
}

function sameClock(one: string, other: string, day: number): boolean {
  const noon = day * dayMs + dayMs / 2;
  return zoneOf(one).offsetAt(noon) === zoneOf(other).offsetAt(noon);
}

/** An abbreviation of winter time that stands for a clock which changes. */
function isFixedOffset(text: string): boolean {
  return /^(EST|EDT|CST|CDT|MST|MDT|PST|PDT|GMT|BST)\b/i.test(text.trim());
}
