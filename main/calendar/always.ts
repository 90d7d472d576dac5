import { dateText, dayMs } from './civil.ts';
import type { ExchangeCalendar, Session } from './exchange-calendar.ts';

/** A market that never closes. Its days are UTC days: local days would have 23 or 25 hours twice a year. */
export const always: ExchangeCalendar = {
  id: 'ALWAYS',
  timeZone: 'UTC',
  // No market was open so before the first coin.
  validFrom: '2009-01-03',
  validThrough: '9999-12-31',
  version: 'always-1',
  sessions(fromMs, toMs) {
    if (!(fromMs < toMs)) return [];
    const found: Session[] = [];
    const last = Math.ceil(toMs / dayMs);
    for (let day = Math.floor(fromMs / dayMs); day < last; day++) {
      found.push({
        date: dateText(day),
        open: day * dayMs,
        close: (day + 1) * dayMs,
        kind: 'full',
      });
    }
    return found;
  },
};
