import { zoneOf } from '../../calendar/zone.ts';
import type { Instrument, MarketSession } from '../ports.ts';
import { dateText } from '../protocol/times.ts';

const dayMs = 86_400_000;
const days = 6;

/** `yyyymmdd:hhmm-yyyymmdd:hhmm;yyyymmdd:CLOSED`, six days from the given one, as contract details carry them. */
export function hoursText(
  instrument: Instrument,
  sessions: readonly MarketSession[],
  fromMs: number,
  which: 'all' | 'regular',
): string {
  const first = zoneOf(instrument.timeZone).toLocal(fromMs);
  const parts: string[] = [];
  for (let i = 0; i < days; i++) {
    const date = dateText(first + i * dayMs);
    const session = sessions.find((one) => one.date === date);
    if (!session) {
      parts.push(`${date}:CLOSED`);
    } else if (which === 'all') {
      parts.push(`${moment(session.startMs, instrument)}-${moment(session.endMs, instrument)}`);
    } else {
      const { regularStartMs, regularEndMs } = session;
      parts.push(`${moment(regularStartMs, instrument)}-${moment(regularEndMs, instrument)}`);
    }
  }
  return parts.join(';');
}

function moment(ms: number, { timeZone }: Instrument): string {
  const wall = zoneOf(timeZone).toLocal(ms);
  const at = new Date(wall);
  const hour = String(at.getUTCHours()).padStart(2, '0');
  const minute = String(at.getUTCMinutes()).padStart(2, '0');
  return `${dateText(wall)}:${hour}${minute}`;
}
