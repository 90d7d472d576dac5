import { dayNumber, easterSunday, nthWeekday, parseDate, weekday } from './civil.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { inYear } from './nyse.ts';
import { type DayPlan, planYear, ruleCalendar } from './rule-calendar.ts';

const full: DayPlan = { kind: 'full', regular: [[480, 990]], all: [[480, 990]] };
const half: DayPlan = { kind: 'half', regular: [[480, 750]], all: [[480, 750]] };

/** Royal days, beside the holidays that a rule gives. */
const oneOffClosures: readonly string[] = [
  '2002-06-03',
  '2011-04-29',
  '2012-06-05',
  '2022-06-03',
  '2022-09-19',
  '2023-05-08',
];

/** Years in which a bank holiday was moved. */
const movedEarlyMay = new Map([[2020, '2020-05-08']]);
const movedSpring = new Map([
  [2002, '2002-06-04'],
  [2012, '2012-06-04'],
  [2022, '2022-06-02'],
]);

/** London Stock Exchange: 08:00-16:30 London time, 12:30 on the last days before Christmas and New Year. */
export const lse: ExchangeCalendar = ruleCalendar({
  id: 'LSE',
  timeZone: 'Europe/London',
  validFrom: '2012-01-01',
  validThrough: '2027-12-31',
  version: 'lse-1',
  year(year) {
    const closed = new Set<number>([...bankHolidays(year), ...inYear(oneOffClosures, year)]);
    const early = [lastWorkday(dayNumber(year, 12, 24)), lastWorkday(dayNumber(year, 12, 31))];
    return planYear(year, full, closed, new Map(early.map((day) => [day, half])));
  },
});

function bankHolidays(year: number): readonly number[] {
  const easter = easterSunday(year);
  const newYear = dayNumber(year, 1, 1);
  const christmas = dayNumber(year, 12, 25);
  const days = [
    newYear,
    easter - 2,
    easter + 1,
    moved(movedEarlyMay, year) ?? nthWeekday(year, 5, 1, 1),
    moved(movedSpring, year) ?? nthWeekday(year, 5, 1, -1),
    nthWeekday(year, 8, 1, -1),
    christmas,
    christmas + 1,
  ];
  const newYearWeekday = weekday(newYear);
  if (newYearWeekday === 6) days.push(newYear + 2);
  if (newYearWeekday === 0) days.push(newYear + 1);
  // Whichever of Christmas and Boxing Day falls on a weekend moves behind the other.
  switch (weekday(christmas)) {
    case 5:
      days.push(christmas + 3);
      break;
    case 6:
      days.push(christmas + 2, christmas + 3);
      break;
    case 0:
      days.push(christmas + 2);
      break;
  }
  return days;
}

function moved(table: ReadonlyMap<number, string>, year: number): number | undefined {
  const text = table.get(year);
  return text === undefined ? undefined : parseDate(text);
}

function lastWorkday(day: number): number {
  const d = weekday(day);
  return d === 6 ? day - 1 : d === 0 ? day - 2 : day;
}
