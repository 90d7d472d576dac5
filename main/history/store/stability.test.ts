import { expect, it } from 'vitest';
import type { FileStat } from './file-stat.ts';
import { quietMs, Stability } from './stability.ts';

let nth = 0;
const stat = (size: number): FileStat => ({
  ino: '1',
  size,
  mtimeNs: String(nth++),
  mode: 0o644,
  kind: 'file',
});

it('believes a file that grows by whole rows', () => {
  const stability = new Stability();
  for (const size of [10, 20, 30]) expect(stability.look('a', stat(size), false, size)).toBe(true);
});

it('doubts a file that is rewritten, however slowly, until it keeps still', () => {
  const stability = new Stability();
  stability.look('a', stat(100), false, 0);
  let now = 1000;
  for (const size of [0, 20, 40, 60, 80]) {
    now += 3000;
    expect(stability.look('a', stat(size), false, now)).toBe(false);
  }
  const last = stat(100);
  expect(stability.look('a', last, false, now)).toBe(false);
  expect(stability.look('a', last, false, now + quietMs - 1)).toBe(false);
  expect(stability.look('a', last, false, now + quietMs)).toBe(true);
  expect(stability.look('a', stat(110), false, now + quietMs + 1)).toBe(true);
});

it('does not doubt for ever what never keeps still', () => {
  const stability = new Stability();
  stability.look('a', stat(100), false, 0);
  let believed = -1;
  for (let now = 0; now < 90_000 && believed < 0; now += 1000) {
    if (stability.look('a', stat(50 + now), false, now)) believed = now;
  }
  expect(believed).toBe(60_000);
});

it('doubts what ends within a row each time, and believes what we wrote ourselves', () => {
  const stability = new Stability();
  expect(stability.look('a', stat(10), true, 0)).toBe(false);
  expect(stability.look('a', stat(20), true, 100_000)).toBe(false);
  stability.accept('a', stat(25), 100_001);
  expect(stability.look('a', stat(30), false, 100_002)).toBe(true);
});
