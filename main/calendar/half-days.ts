import type { Session } from './exchange-calendar.ts';

/** Marks as half the dates that trade for less time than most dates of the same list do. */
export function markHalfDays(sessions: readonly Session[]): readonly Session[] {
  const length = new Map<string, number>();
  for (const { date, open, close } of sessions) {
    length.set(date, (length.get(date) ?? 0) + close - open);
  }
  const often = new Map<number, number>();
  for (const ms of length.values()) often.set(ms, (often.get(ms) ?? 0) + 1);
  let usual = 0;
  for (const [ms, times] of often) {
    const best = often.get(usual) ?? 0;
    if (times > best || (times === best && ms > usual)) usual = ms;
  }
  return sessions.map((session) => ({
    ...session,
    kind: (length.get(session.date) as number) < usual ? ('half' as const) : ('full' as const),
  }));
}
