import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCalendarsFile } from './calendars-file.ts';

const clock = (ms: number) => new Date(ms).toISOString().slice(0, 16);

/** What a file says of one calendar's dates, in UTC. */
function daysOf(name: string, text: string) {
  const { file, faults } = parseCalendarsFile(text);
  const days = file.days.get(name);
  const inWords = (hours: 'regular' | 'all') =>
    days?.[hours].dates.map((date) =>
      [
        date,
        ...days[hours].sessions
          .filter((session) => session.date === date)
          .map(({ open, close, kind }) => `${clock(open)} ${clock(close)} ${kind}`),
      ].join(' '),
    );
  return { regular: inWords('regular'), all: inWords('all'), faults };
}

const ofNewYork = (...lines: readonly string[]) =>
  daysOf('NYSE', `calendars:\n  NYSE:\n${lines.map((line) => `    ${line}\n`).join('')}`);

describe('a calendars file', () => {
  it.each([
    ['2026-13-45: { regular: 09:30-13:00, all: 04:00-17:00 }', '2026-13-45 is no date'],
    ['2026-02-30: closed', '2026-02-30 is no date'],
    ['tomorrow: closed', 'tomorrow is no date'],
    ['20261224: closed', '20261224 is no date'],
    ['2026-12-24: 25:70-26:99', '2026-12-24: neither closed nor hours like 09:30-16:00'],
    ['2026-12-24: 09:30-13:60', '2026-12-24: neither closed nor hours like 09:30-16:00'],
    ['2026-12-24: 09:30-24:01', '2026-12-24: neither closed nor hours like 09:30-16:00'],
    ['2026-12-24: 930-1300', '2026-12-24: neither closed nor hours like 09:30-16:00'],
    ['2026-12-24: null', '2026-12-24: neither closed nor hours like 09:30-16:00'],
    ['2026-12-24:', '2026-12-24: neither closed nor hours like 09:30-16:00'],
    [
      '2026-12-24: { regular: 09:30-13:00 }',
      '2026-12-24: all hours are wanted beside the regular ones',
    ],
    [
      '2026-12-24: { regular: 09:30-13:00, all: 10:00-17:00 }',
      '2026-12-24: the regular hours lie outside of all hours',
    ],
    [
      '2026-12-24: { regular: 09:30-13:00, al: 04:00-17:00 }',
      '2026-12-24: al is neither regular nor all',
    ],
    [
      '2026-12-24: { all: [09:00-12:00, 11:00-15:00] }',
      '2026-12-24: neither closed nor hours like 09:30-16:00',
    ],
  ])('names the fault in "%s" and uses the rest', (line, fault) => {
    const { regular, faults } = ofNewYork('2026-11-17: closed', line, '2026-11-18: closed');
    const place = fault.startsWith('2026-12-24: ') ? 'NYSE ' : 'NYSE: ';
    expect(faults).toEqual([place + fault]);
    expect(regular).toEqual(['2026-11-17', '2026-11-18']);
  });

  it('says of a day that it is closed, what its hours are, and whether it is a half day', () => {
    const said = ofNewYork(
      '2026-11-17: closed',
      '2026-11-18: { regular: 09:30-13:00, all: 04:00-17:00 }',
      '2026-11-19: { all: 4:00-20:00, regular: [9:30-12:00, 13:00-16:00] }',
      '2026-11-20: { all: 18:00-00:00, regular: closed }',
    );
    expect(said).toEqual({
      faults: [],
      regular: [
        '2026-11-17',
        '2026-11-18 2026-11-18T14:30 2026-11-18T18:00 half',
        '2026-11-19 2026-11-19T14:30 2026-11-19T17:00 half 2026-11-19T18:00 2026-11-19T21:00 half',
        '2026-11-20',
      ],
      all: [
        '2026-11-17',
        '2026-11-18 2026-11-18T09:00 2026-11-18T22:00 half',
        '2026-11-19 2026-11-19T09:00 2026-11-20T01:00 full',
        '2026-11-20 2026-11-20T23:00 2026-11-21T05:00 half',
      ],
    });
  });

  it('keeps the hours of the exchange on both sides of a change of the clocks', () => {
    const { regular } = ofNewYork('2026-10-30: 09:30-16:00', '2026-11-02: 09:30-16:00');
    expect(regular).toEqual([
      '2026-10-30 2026-10-30T13:30 2026-10-30T20:00 full',
      '2026-11-02 2026-11-02T14:30 2026-11-02T21:00 full',
    ]);
  });

  it('begins a session on the day before where it ends earlier than it begins', () => {
    const { all } = daysOf('CME', 'calendars: { CME: { 2026-11-23: 17:00-12:00 } }');
    expect(all).toEqual(['2026-11-23 2026-11-22T23:00 2026-11-23T18:00 half']);
  });

  it('takes the later word where a date is said twice, and tells the line', () => {
    const said = ofNewYork('2026-11-17: closed', '2026-11-17: 09:30-13:00');
    expect(said.faults).toEqual(['line 4: this was said before; the later word holds']);
    expect(said.regular).toEqual(['2026-11-17 2026-11-17T14:30 2026-11-17T18:00 half']);
  });

  it('reads symbols that look like numbers or words of YAML as they are written', () => {
    const { file, faults } = parseCalendarsFile('symbols: { 0005: none, NO: LSE, null: NYSE }');
    expect([...file.symbols]).toEqual([
      ['0005', 'none'],
      ['NO', 'LSE'],
      ['null', 'NYSE'],
    ]);
    expect(faults).toEqual([]);
  });

  it('is read without a fault as the documentation shows it', () => {
    const text = fs.readFileSync(new URL('../../docs/history.md', import.meta.url), 'utf8');
    const { file, faults } = parseCalendarsFile(/```yaml\n([^`]*)```/.exec(text)?.[1] ?? '');
    expect(faults).toEqual([]);
    expect(file.symbols.get('7203')).toBe('TSEJ');
    expect(file.days.get('TSEJ')?.regular.dates).toEqual(['2026-12-31', '2027-01-04']);
  });

  it.each([
    ['', []],
    ['# nothing yet\n', []],
    ['symbols:\ncalendars:\n', []],
    ['42', ['neither symbols nor calendars are in it']],
    ['symbols:\n  - AAPL\n', ['symbols: a name and its value on each line are wanted']],
    ['calendars: [1, 2]', ['calendars: a name and its value on each line are wanted']],
    ['calendars:\n  NYSE: closed\n', ['NYSE: dates and their hours are wanted']],
    ['calendar:\n  NYSE: {}\n', ['calendar is neither symbols nor calendars']],
    ['symbols: { KO: [LSE] }', ['KO: no calendar is called that']],
    ['a: *b', [expect.stringContaining('Unresolved alias')]],
    [
      'symbols: { KO: LSE }\ncalendars: [',
      [expect.stringMatching(/^line 2: .*nothing of it is used$/)],
    ],
  ])('%j is read with these faults: %j', (text, faults) => {
    const parsed = parseCalendarsFile(text);
    expect(parsed.faults).toEqual(faults);
    expect([...parsed.file.symbols, ...(parsed.file.days.get('NYSE')?.all.dates ?? [])]).toEqual(
      [],
    );
  });
});
