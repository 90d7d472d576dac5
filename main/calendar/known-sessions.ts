import { dayMs } from './civil.ts';
import type { ExchangeCalendar, Hours, Session } from './exchange-calendar.ts';
import { firstClosingAfter } from './rule-calendar.ts';

/** What somebody who knows better than the rules says of some dates. */
export interface KnownSessions {
  /** Every date spoken of; one without a session was or will be closed. */
  readonly dates: readonly string[];
  readonly sessions: readonly Session[];
}

/**
 * A calendar that takes the dates somebody knows from them, and every other date from the rules below.
 * Lay several on one another, the most trusted last. `version` must change with what is known.
 */
export function withKnownSessions(
  base: ExchangeCalendar,
  known: Readonly<Record<Hours, KnownSessions>>,
  version: string,
): ExchangeCalendar {
  const of = { regular: prepare(known.regular), all: prepare(known.all) };
  return {
    ...base,
    version: `${base.version}+${version}`,
    sessions(fromMs, toMs, hours) {
      const { dates, sessions } = of[hours];
      const found = base.sessions(fromMs, toMs, hours).filter((s) => !dates.has(s.date));
      for (let i = firstClosingAfter(sessions, fromMs); i < sessions.length; i++) {
        const session = sessions[i] as Session;
        if (session.open >= toMs) break;
        found.push(session);
      }
      return found.sort((a, b) => a.open - b.open);
    },
  };
}

function prepare({ dates, sessions }: KnownSessions): {
  readonly dates: ReadonlySet<string>;
  readonly sessions: readonly Session[];
} {
  return {
    dates: new Set(dates),
    sessions: sessions
      .map((session) => ({ ...session, told: true as const }))
      .sort((a, b) => a.open - b.open),
  };
}

export interface Difference {
  readonly date: string;
  readonly rules: readonly Session[];
  readonly known: readonly Session[];
}

/** The dates on which what is known departs from the rules, for the log. */
export function differences(
  base: ExchangeCalendar,
  known: KnownSessions,
  hours: Hours,
): readonly Difference[] {
  if (known.dates.length === 0) return [];
  const sorted = [...known.dates].sort();
  const from = Date.parse(sorted[0] as string) - 2 * dayMs;
  const to = Date.parse(sorted.at(-1) as string) + 3 * dayMs;
  const byRule = groupByDate(base.sessions(from, to, hours));
  const byKnown = groupByDate(known.sessions);
  const found: Difference[] = [];
  for (const date of sorted) {
    const rules = byRule.get(date) ?? [];
    const told = byKnown.get(date) ?? [];
    if (hoursText(rules) !== hoursText(told)) found.push({ date, rules, known: told });
  }
  return found;
}

function groupByDate(sessions: readonly Session[]): ReadonlyMap<string, readonly Session[]> {
  const groups = new Map<string, Session[]>();
  for (const session of sessions) {
    const group = groups.get(session.date);
    if (group) group.push(session);
    else groups.set(session.date, [session]);
  }
  return groups;
}

function hoursText(sessions: readonly Session[]): string {
  return sessions.map((session) => `${session.open}-${session.close}`).join();
}
