import { minuteMs } from '../../calendar/civil.ts';
import type { ExchangeCalendar } from '../../calendar/exchange-calendar.ts';
import { fx } from '../../calendar/fx.ts';

const breakMs = 15 * minuteMs;

/** As IDEALPRO states them: every day's trading begins at 17:15, a quarter of an hour after the last one's end. */
export const currencyHours: ExchangeCalendar = {
  ...fx,
  version: `${fx.version}-break`,
  sessions(fromMs, toMs, hours) {
    return fx
      .sessions(fromMs, toMs, hours)
      .map((session) => ({ ...session, open: session.open + breakMs }))
      .filter(({ open }) => open < toMs);
  },
};
