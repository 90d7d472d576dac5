import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { createSnapshot } from '../index.ts';
import type { HammerOptions } from './harness.ts';
import { dayMs, firstDay, history, someBars, uniformBars } from './test-bars.ts';

/** A writer that hardly rests, for readers in other processes to be tried against. */
const orders = JSON.parse(process.argv[2] as string) as HammerOptions;
const snapshot = createSnapshot({
  clock: systemClock,
  log: silentLog,
  pid: process.pid,
  shm: { name: orders.name, mirrorBars: 20, columnsBytes: 1 << 20, columnsSeries: 4 },
  tradingDay: (_ticker, ms) => ({
    kind: 'open',
    t: Math.floor(ms / dayMs) * dayMs,
    closes: null,
    figuresFrom: Infinity,
  }),
});
await snapshot.start();

let going = true;
process.stdin.on('end', () => {
  going = false;
});
process.stdin.resume();

const tickers = Array.from({ length: orders.tickers }, (_, i) => `T${i}`);
const uniform = Array.from({ length: 8 }, (_, i) => uniformBars(orders.bars, i + 1));
const start = orders.mode === 'whole' ? uniform[0] : someBars(orders.bars);
snapshot.write(tickers.map((ticker) => history(ticker, start ?? [])));
console.log('writing');

for (let round = 1; going; round++) {
  switch (orders.mode) {
    case 'whole':
      for (const ticker of tickers) {
        snapshot.write([history(ticker, uniform[round % uniform.length] ?? [])]);
      }
      break;
    case 'append': {
      // Bars of another timeframe, so that the dictionary is not what is being timed.
      const t = firstDay + round * 60_000;
      for (const ticker of tickers) {
        const bar = { t, open: round, high: round, low: round, close: round, volume: round };
        snapshot.writeBars(ticker, '1m', [bar]);
      }
      break;
    }
    case 'ticks':
      for (const ticker of tickers) {
        snapshot.tick(
          ticker,
          100 + (round % 50),
          round,
          firstDay + (orders.bars - 1) * dayMs + round,
        );
      }
      break;
  }
  // The heartbeat and the end of standard input need their turn too.
  if (orders.pauseMs > 0) await sleep(orders.pauseMs);
  else if (round % 16 === 0) await turn();
}
await snapshot.stop();
