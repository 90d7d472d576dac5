import { dayNumber, easterSunday, nthWeekday, weekday } from './civil.ts';

const MON = 1;
const THU = 4;
const FRI = 5;

/** The federal and exchange holidays of the United States in one year, by day number. */
export interface UsHolidays {
  /** Undefined when New Year's Day is a Saturday: the exchanges then do not close for it. */
  readonly newYear: number | undefined;
  readonly martinLutherKing: number | undefined;
  readonly presidents: number;
  readonly goodFriday: number;
  readonly memorial: number;
  readonly juneteenth: number | undefined;
  readonly independence: number;
  readonly labor: number;
  readonly thanksgiving: number;
  readonly christmas: number;
}

export function usHolidays(year: number): UsHolidays {
  const newYear = dayNumber(year, 1, 1);
  return {
    newYear: weekday(newYear) === 6 ? undefined : observed(newYear),
    martinLutherKing: year >= 1998 ? nthWeekday(year, 1, MON, 3) : undefined,
    presidents: nthWeekday(year, 2, MON, 3),
    goodFriday: easterSunday(year) - 2,
    memorial: nthWeekday(year, 5, MON, -1),
    juneteenth: year >= 2022 ? observed(dayNumber(year, 6, 19)) : undefined,
    independence: observed(dayNumber(year, 7, 4)),
    labor: nthWeekday(year, 9, MON, 1),
    thanksgiving: nthWeekday(year, 11, THU, 4),
    christmas: observed(dayNumber(year, 12, 25)),
  };
}

/** The days that trade only until the early close, for those who keep the stock exchanges' custom. */
export function usEarlyCloses(year: number): readonly number[] {
  const days: number[] = [];
  const fourth = dayNumber(year, 7, 4);
  const onThursday = weekday(fourth) === THU;
  // Until 2012 a Thursday's holiday shortened the Friday after it, since then the Wednesday before.
  if (onThursday && year < 2013) days.push(fourth + 1);
  else if (weekday(fourth) > MON && weekday(fourth) <= FRI) days.push(fourth - 1);
  days.push(nthWeekday(year, 11, THU, 4) + 1);
  const eve = dayNumber(year, 12, 24);
  if (weekday(eve) >= MON && weekday(eve) <= THU) days.push(eve);
  return days;
}

/** A holiday on Saturday is kept on Friday, one on Sunday on Monday. */
function observed(day: number): number {
  if (weekday(day) === 6) return day - 1;
  return weekday(day) === 0 ? day + 1 : day;
}
