import { zoneOf } from '../../calendar/zone.ts';

export interface RestartHours {
  /** When TWS restarts itself, `hh:mm` on its own clock. */
  readonly dailyRestart: string;
  /** The zone of that clock; undefined for this machine's. */
  readonly timeZone?: string | undefined;
}

export const usualRestart: RestartHours = { dailyRestart: '23:45' };

export interface ScheduledRestart {
  readonly kind: 'daily' | 'weekly';
  readonly until: number;
}

const minute = 60_000;
/** TWS may be a little early, and takes minutes to come back. */
const dailyLeadMs = 2 * minute;
const dailyLastsMs = 15 * minute;
/** From here on a person has to log in; until the futures open on Sunday evening nothing is missed. */
const weeklyStartsMinute = 60;
const weeklyEndsMinute = 17 * 60;

/** The restart that explains a connection being away at `now`, if one does. */
export function scheduledRestart(
  now: number,
  hours: RestartHours = usualRestart,
): ScheduledRestart | null {
  const newYork = zonedTime(now, 'America/New_York');
  if (
    newYork.weekday === 0 &&
    newYork.minute >= weeklyStartsMinute &&
    newYork.minute < weeklyEndsMinute
  ) {
    return { kind: 'weekly', until: now + (weeklyEndsMinute - newYork.minute) * minute };
  }
  const [hour = 23, past = 45] = hours.dailyRestart.split(':').map(Number);
  const local = zonedTime(now, hours.timeZone);
  const day = 24 * 60;
  const sinceStart = (local.minute - (hour * 60 + past) + dailyLeadMs / minute + day) % day;
  const left = (dailyLeadMs + dailyLastsMs) / minute - sinceStart;
  return left > 0 ? { kind: 'daily', until: now + left * minute } : null;
}

/** Weekday (Sunday 0) and minute of the day as a wall clock in `timeZone` shows them. */
function zonedTime(
  at: number,
  timeZone: string | undefined,
): { readonly weekday: number; readonly minute: number } {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const wall = new Date(zoneOf(zone).toLocal(at));
  return { weekday: wall.getUTCDay(), minute: wall.getUTCHours() * 60 + wall.getUTCMinutes() };
}
