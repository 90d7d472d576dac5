import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, minuteMs } from './civil.ts';
import { cmeEquityIndex } from './cme.ts';
import type { ExchangeCalendar, Session } from './exchange-calendar.ts';
import { expectedBars } from './expected-bars.ts';
import { fx } from './fx.ts';
import { readTradingHours } from './ibkr-hours.ts';
import { ianaZone } from './ibkr-zone.ts';
import { differences, withKnownSessions } from './known-sessions.ts';
import { lse } from './lse.ts';
import { nyse } from './nyse.ts';
import { zoneOf } from './zone.ts';

const edges = (sessions: readonly Session[]) =>
  sessions.map((s) => [s.date, new Date(s.open).toJSON(), new Date(s.close).toJSON()]);

describe('trading hours as IBKR writes them', () => {
  it('are read with a date on either side', () => {
    const read = readTradingHours(
      '20240721:CLOSED;20240722:0400-20240722:2000;20240723:0400-20240723:2000',
      'US/Eastern',
    );
    expect(read.timeZone).toBe('America/New_York');
    expect(read.dates).toEqual(['2024-07-21', '2024-07-22', '2024-07-23']);
    expect(edges(read.sessions)).toEqual([
      ['2024-07-22', '2024-07-22T08:00:00.000Z', '2024-07-23T00:00:00.000Z'],
      ['2024-07-23', '2024-07-23T08:00:00.000Z', '2024-07-24T00:00:00.000Z'],
    ]);
    expect(read.warnings).toEqual([]);
  });

  it('belong to the day they close on when they open the day before', () => {
    const read = readTradingHours('20241013:1700-20241014:1600', 'US/Central');
    expect(edges(read.sessions)).toEqual([
      ['2024-10-14', '2024-10-13T22:00:00.000Z', '2024-10-14T21:00:00.000Z'],
    ]);
  });

  it('open the day before in the old form when the start is not before the end', () => {
    const read = readTradingHours('20180320:1715-1700', 'EST (Eastern Standard Time)');
    expect(edges(read.sessions)).toEqual([
      ['2018-03-20', '2018-03-19T21:15:00.000Z', '2018-03-20T21:00:00.000Z'],
    ]);
  });

  it('may be several ranges of one date', () => {
    const read = readTradingHours('20130114:1700-1515,1530-1615;20130115:CLOSED', 'CST');
    expect(edges(read.sessions)).toEqual([
      ['2013-01-14', '2013-01-13T23:00:00.000Z', '2013-01-14T21:15:00.000Z'],
      ['2013-01-14', '2013-01-14T21:30:00.000Z', '2013-01-14T22:15:00.000Z'],
    ]);
    expect(read.dates).toEqual(['2013-01-14', '2013-01-15']);
  });

  it('are taken in the zone of the exchange when the answer names another, and said so', () => {
    const hours = '20241014:0830-20241014:1600';
    const read = readTradingHours(hours, 'Australia/Melbourne', 'America/Chicago');
    expect(read.timeZone).toBe('America/Chicago');
    expect(read.warnings.join()).toContain('Australia/Melbourne');
    expect(edges(read.sessions)[0]?.[1]).toBe('2024-10-14T13:30:00.000Z');
    expect(readTradingHours(hours, 'US/Central', 'America/Chicago').warnings).toEqual([]);
  });

  it('are not read in a zone nobody knows', () => {
    const read = readTradingHours('20241014:0830-20241014:1600', 'Middle Earth');
    expect(read.sessions).toEqual([]);
    expect(read.warnings).toHaveLength(1);
  });

  it('lose only the entries that make no sense', () => {
    const read = readTradingHours(
      'rubbish;20240230:0930-1600;20240722:0930-9960;20240723:0930-1600;20240723:1000-1500',
      'US/Eastern',
    );
    expect(edges(read.sessions)).toEqual([
      ['2024-07-23', '2024-07-23T13:30:00.000Z', '2024-07-23T20:00:00.000Z'],
    ]);
    expect(read.warnings).toHaveLength(3);
  });

  it('show a half day beside full ones', () => {
    const read = readTradingHours(
      '20261125:0930-1600;20261126:CLOSED;20261127:0930-1300;20261130:0930-1600',
      'US/Eastern',
    );
    expect(read.sessions.map((s) => s.kind)).toEqual(['full', 'half', 'full']);
  });

  it('never make the reader throw', () => {
    const pieces = fc.constantFrom(
      '20240722',
      ':',
      '-',
      ',',
      ';',
      'CLOSED',
      '0930',
      '1600',
      '2500',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((p) => p.join('')),
        ),
        fc.oneof(fc.string(), fc.constantFrom('US/Eastern', 'EST', '')),
        (text, zone) => {
          const { sessions } = readTradingHours(text, zone, 'America/New_York');
          for (const session of sessions) expect(session.close).toBeGreaterThan(session.open);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('written from the rules come back as the same sessions', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(nyse, lse, fx, cmeEquityIndex),
        fc.integer({ min: Date.UTC(2022, 0, 1), max: Date.UTC(2027, 6, 1) }),
        (calendar, from) => {
          const sessions = calendar.sessions(from, from + 20 * dayMs, 'all');
          const zone = calendar.timeZone;
          for (const text of [newForm(sessions, zone), oldForm(sessions, zone)]) {
            expect(edges(readTradingHours(text, zone).sessions)).toEqual(edges(sessions));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('zones as IBKR names them', () => {
  it('are all understood', () => {
    const documented = [
      'Europe/Riga',
      'Australia/NSW',
      'Europe/Warsaw',
      'US/Pacific',
      'Europe/Tallinn',
      'Japan',
      'US/Eastern',
      'GB-Eire',
      'Africa/Johannesburg',
      'Israel',
      'Europe/Vilnius',
      'MET',
      'Europe/Helsinki',
      'US/Central',
      'Europe/Budapest',
      'Asia/Calcutta',
      'Hongkong',
      'Europe/Moscow',
      'GMT',
    ];
    for (const name of documented) expect(ianaZone(name), name).toBeDefined();
  });

  it('follow the clock changes where the abbreviation itself does not', () => {
    for (const name of ['EST', 'EST (Eastern Standard Time)', 'EDT', 'EST5EDT']) {
      expect(ianaZone(name)).toBe('America/New_York');
    }
    expect(ianaZone('')).toBeUndefined();
    expect(ianaZone('Nowhere')).toBeUndefined();
  });
});

describe('known sessions over rules', () => {
  const day = Date.UTC(2026, 6, 14);
  const early: Session = {
    date: '2026-07-14',
    open: day + 13.5 * 3_600_000,
    close: day + 15 * 3_600_000,
    kind: 'half',
  };
  const known = { dates: ['2026-07-14', '2026-07-15', '2026-07-16'], sessions: [early] };

  it('decide for the dates they speak of, and the rules for all others', () => {
    const calendar: ExchangeCalendar = withKnownSessions(
      nyse,
      { regular: known, all: { dates: [], sessions: [] } },
      'cache-7',
    );
    const from = Date.UTC(2026, 6, 13);
    const to = Date.UTC(2026, 6, 18);
    expect(calendar.sessions(from, to, 'regular').map((s) => s.date)).toEqual([
      '2026-07-13',
      '2026-07-14',
      '2026-07-17',
    ]);
    expect(calendar.sessions(from, to, 'regular')[1]).toEqual({ ...early, told: true });
    expect(calendar.sessions(from, to, 'all')).toEqual(nyse.sessions(from, to, 'all'));
    expect(calendar.version).not.toBe(nyse.version);
  });

  it('are vouched for to the minute, unlike the rules of a tolerant calendar', () => {
    const date = '2026-07-14';
    const [session] = fx.sessions(day, day + 3_600_000, 'all');
    const told = { dates: [date], sessions: [session as Session] };
    const calendar = withKnownSessions(fx, { regular: told, all: told }, '1');
    const certain = (of: ExchangeCalendar, timeframe: '1m' | '1d') => {
      const from = timeframe === '1d' ? day : (session as Session).open;
      const to = timeframe === '1d' ? day + dayMs : (session as Session).close;
      return expectedBars(of, timeframe, from, to, 'all', { certainOnly: true }).length;
    };
    expect(certain(fx, '1m')).toBe(1440 - 15);
    expect(certain(calendar, '1m')).toBe(1440);
    expect(certain(calendar, '1d')).toBe(1);
  });

  it('name the dates on which they and the rules disagree', () => {
    expect(differences(nyse, known, 'regular').map((d) => d.date)).toEqual(known.dates);
    const sunday = { dates: ['2026-07-12'], sessions: [] };
    expect(differences(nyse, sunday, 'regular')).toEqual([]);
  });
});

function local(ms: number, zone: string): { readonly date: string; readonly time: string } {
  const text = new Date(zoneOf(zone).toLocal(ms)).toISOString();
  return { date: text.slice(0, 10).replaceAll('-', ''), time: text.slice(11, 16).replace(':', '') };
}

function newForm(sessions: readonly Session[], zone: string): string {
  return sessions
    .map((session) => {
      const from = local(session.open, zone);
      const to = local(session.close, zone);
      return `${from.date}:${from.time}-${to.date}:${to.time}`;
    })
    .join(';');
}

function oldForm(sessions: readonly Session[], zone: string): string {
  return sessions
    .map((session) => {
      const to = local(session.close - minuteMs, zone);
      return `${to.date}:${local(session.open, zone).time}-${local(session.close, zone).time}`;
    })
    .join(';');
}
