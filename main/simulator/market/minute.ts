import type { DayPath } from './day-path.ts';
import { mix } from './hash.ts';

/** The four prices of a stretch in ticks, its volume and its number of trades. Reused: read it before the next. */
export interface Stretch {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  count: number;
}

export function blankStretch(): Stretch {
  return { open: 0, high: 0, low: 0, close: 0, volume: 0, count: 0 };
}

/** Reads one minute of a day. */
export function readMinute(path: DayPath, minute: number, into: Stretch): void {
  const before = path.prices[minute] as number;
  const close = path.prices[minute + 1] as number;
  const hash = mix(path.key, minute);
  // The first trade stands a tick beside the last of the minute before, now and then.
  const nudge = hash & 7;
  const open = nudge === 0 ? before + 1 : nudge === 1 ? before - 1 : before;
  const width = path.range * (path.day.shape.step[minute] as number);
  const up = ((hash >>> 3) & 1023) / 1023;
  const down = ((hash >>> 13) & 1023) / 1023;
  const low = Math.min(open, close) - Math.floor(1.5 * width * down * down);
  const floor = path.character.halfSpread + 1;
  into.open = open;
  into.close = close;
  into.high = Math.max(open, close) + Math.floor(1.5 * width * up * up);
  into.low = Math.max(low, floor);
  const volume = (path.volumes[minute + 1] as number) - (path.volumes[minute] as number);
  into.volume = volume;
  into.count = volume === 0 ? 0 : 60 + Math.floor(volume / path.character.tradeSize);
}
