import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Bars } from '../../clients/node/bars.mjs';
import { FakeClock } from '../../testing/fake-clock.ts';
import { columnsOf } from '../kit/bar-columns.ts';
import { silentLog } from '../kit/log.ts';
import { createSnapshot, type TradingDays } from './index.ts';
import { linuxSegments } from './os/linux.ts';
import { uniqueName } from './proofs/harness.ts';
import { dayMs, history } from './proofs/test-bars.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function bar(t: number, close: number) {
  return { t, open: close, high: close, low: close, close, volume: 1 };
}

/** A snapshot with segments, in the middle of a session that closes in an hour. */
async function make() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-provisional-'));
  const clock = new FakeClock(Date.now());
  const closes = clock.now() + hourMs;
  const today = Math.floor(clock.now() / dayMs) * dayMs;
  const tradingDay: TradingDays = (_ticker, at) =>
    at < closes
      ? { kind: 'open', t: today, closes, figuresFrom: Infinity }
      : { kind: 'shut', next: today + dayMs };
  const name = uniqueName();
  const shm = { name, mirrorBars: 10, os: () => linuxSegments({ folder }) };
  const snapshot = createSnapshot({ clock, log: silentLog, pid: process.pid, shm, tradingDay });
  await snapshot.start();
  const reader = new Bars(`${name}-bars`, { folder });
  onTestFinished(async () => {
    reader.close();
    await snapshot.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const marked = (timeframe: '1m' | '1d') => reader.history('AAPL', timeframe).provisional;
  return { snapshot, clock, closes, today, reader, marked };
}

describe.runIf(process.platform === 'linux')('the last bar of the columns', () => {
  test('is marked while ticks make it, until the session closes', async () => {
    const { snapshot, clock, reader, marked, today } = await make();
    snapshot.write([history('AAPL', [bar(today - dayMs, 100)])]);
    expect(marked('1d')).toBe(false);
    snapshot.tick('AAPL', 105, 1000, clock.now());
    clock.advance(1000);
    expect(marked('1d')).toBe(true);
    const { epoch } = reader;
    clock.advance(hourMs - 2000);
    expect(marked('1d')).toBe(true);
    clock.advance(2000);
    expect(marked('1d')).toBe(false);
    expect(reader.epoch).toBe(epoch + 2);
    expect(reader.history('AAPL', '1d').rows().at(-1)).toMatchObject({ t: today, close: 105 });
  });

  test('of a day stays marked when a download brings the days before it', async () => {
    const { snapshot, clock, marked, today } = await make();
    snapshot.tick('AAPL', 105, 1000, clock.now());
    clock.advance(1000);
    snapshot.write([history('AAPL', [bar(today - dayMs, 100)])]);
    expect(marked('1d')).toBe(true);
    clock.advance(hourMs);
    snapshot.write([history('AAPL', [bar(today - dayMs, 100), bar(today, 101)])]);
    expect(marked('1d')).toBe(false);
  });

  test('of the minutes is marked until the broker’s own takes its place, or the session closes', async () => {
    const { snapshot, clock, closes, marked } = await make();
    const t = Math.floor(clock.now() / minuteMs) * minuteMs;
    snapshot.writeBars('AAPL', '1m', [bar(t, 100)], closes);
    expect(marked('1m')).toBe(true);
    snapshot.writeBars('AAPL', '1m', [bar(t - 5 * minuteMs, 99)]);
    expect(marked('1m')).toBe(true);
    snapshot.writeRows('AAPL', '1m', columnsOf([bar(t, 100)]));
    expect(marked('1m')).toBe(false);
    snapshot.replaceRows('AAPL', '1m', columnsOf([bar(t, 100), bar(t + minuteMs, 101)]), closes);
    expect(marked('1m')).toBe(true);
    clock.advance(hourMs);
    expect(marked('1m')).toBe(false);
  });

  test('is marked in the segment that takes over when one has become too small', async () => {
    const { snapshot, clock, closes, marked, reader } = await make();
    const t = Math.floor(clock.now() / minuteMs) * minuteMs;
    snapshot.writeBars('AAPL', '1m', [bar(t, 100)], closes);
    snapshot.makeRoom(10, 200_000);
    expect(marked('1m')).toBe(true);
    expect(reader.generation).toBe(2);
  });
});
