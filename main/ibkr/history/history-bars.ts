import type { Bar, Timeframe } from '../../../shared/bar.ts';
import type { RawBar } from '../client/client-port.ts';

const barSizes: Readonly<Record<Timeframe, string>> = {
  '1m': '1 min',
  '5m': '5 mins',
  '15m': '15 mins',
  '30m': '30 mins',
  '1h': '1 hour',
  '4h': '4 hours',
  '1d': '1 day',
};

/** A timeframe in IBKR's words. */
export function barSizeOf(timeframe: Timeframe): string {
  return barSizes[timeframe];
}

/** `yyyymmdd-hh:mm:ss`, which IBKR reads as UTC; without the dash it would be TWS's own zone. */
export function endDateTime(ms: number | null): string {
  if (ms === null) return '';
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8)}`;
}

/** Bars in order of time, one for each moment; null for a bar that cannot be. */
export function barsOf(raw: readonly RawBar[]): Bar[] {
  const bars: Bar[] = [];
  let ordered = true;
  for (const one of raw) {
    const bar = barOf(one);
    if (!bar) continue;
    if (bars.length > 0 && bar.t <= (bars.at(-1) as Bar).t) ordered = false;
    bars.push(bar);
  }
  if (ordered) return bars;
  return [...new Map(bars.map((bar) => [bar.t, bar])).values()].sort((a, b) => a.t - b.t);
}

export function barOf(raw: RawBar): Bar | null {
  const t = timeOf(raw.time);
  const { open, high, low, close } = raw;
  if (t === null || !(high >= low) || !Number.isFinite(open + high + low + close)) return null;
  // A series without trades says -1 for its volume.
  const volume = raw.volume > 0 && Number.isFinite(raw.volume) ? raw.volume : 0;
  return { t, open, high, low, close, volume };
}

/** Within a day IBKR writes epoch seconds, for whole days yyyymmdd. */
export function timeOf(text: string): number | null {
  if (/^\d{8}$/.test(text)) {
    return Date.UTC(
      Number(text.slice(0, 4)),
      Number(text.slice(4, 6)) - 1,
      Number(text.slice(6, 8)),
    );
  }
  return /^\d{9,11}$/.test(text) ? Number(text) * 1000 : null;
}
