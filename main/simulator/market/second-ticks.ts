import { mix, unit } from './hash.ts';
import { blankStretch } from './minute.ts';
import type { MinuteSeconds } from './minute-seconds.ts';

/** One trade inside a second, in whole ticks. */
export interface RawTick {
  t: number;
  price: number;
  size: number;
  /** Volume of the minute up to and including it. */
  volume: number;
  /** What the sizes beside it are drawn from. */
  hash: number;
}

/** The fewest trades in a second that show its open, both its extremes and its close. */
export const wholeTicks = 4;

const stretch = blankStretch();
const tick: RawTick = { t: 0, price: 0, size: 0, volume: 0, hash: 0 };

/**
 * The trades with `fromMs <= t < toMs` of a second, which has `wanted` of them, or fewer where its
 * volume has no room for more. From four on they make exactly the second's bar. The object given
 * to `each` is used again.
 */
export function eachTick(
  minute: MinuteSeconds,
  second: number,
  startMs: number,
  wanted: number,
  fromMs: number,
  toMs: number,
  each: (tick: RawTick) => void,
): void {
  minute.read(second, stretch);
  const { open, high, low, close, volume } = stretch;
  const count = volume === 0 ? wanted : Math.min(wanted, volume);
  if (count <= 0) return;
  const key = mix(minute.key, 256 + second);
  const draw = mix(key, 0);
  const extreme = count <= wholeTicks ? 1 : 1 + ((draw & 0xffff) % (count - 3));
  const other = count <= wholeTicks ? 2 : extreme + 1 + ((draw >>> 16) % (count - 2 - extreme));
  const rising = close >= open;
  // A trade lies in its own equal share of the second, so those outside the slice need not be drawn.
  let k = Math.max(0, Math.floor(((fromMs - startMs) * count) / 1000) - 1);
  let sold = soldBefore(k, count, volume, key);
  for (; k < count; k++) {
    const hash = mix(key, k + 1);
    const t = startMs + Math.floor(((k + (hash & 0xffff) / 65_536) * 1000) / count);
    if (t >= toMs) return;
    const next = soldBefore(k + 1, count, volume, key);
    if (t >= fromMs) {
      tick.t = t;
      tick.size = next - sold;
      tick.volume = (minute.volumes[second] as number) + next;
      tick.hash = hash;
      if (k === count - 1) tick.price = close;
      else if (k === 0) tick.price = open;
      else if (k === extreme) tick.price = rising ? low : high;
      else if (k === other) tick.price = rising ? high : low;
      else tick.price = low + ((hash >>> 16) % (high - low + 1));
      each(tick);
    }
    sold = next;
  }
}

/** Volume of the second's first `k` trades: at least one unit each, the rest by drawn shares. */
function soldBefore(k: number, count: number, volume: number, key: number): number {
  if (volume === 0 || k === 0) return 0;
  if (k >= count) return volume;
  const share = (k + unit(mix(key, ~k))) / count;
  return k + Math.floor((volume - count) * share);
}
