import { every, systemClock } from '../../main/kit/clock.ts';
import { silentLog } from '../../main/kit/log.ts';
import { createSnapshot } from '../../main/snapshot/index.ts';
import { dayMs, firstDay, history, someBars } from '../../main/snapshot/proofs/test-bars.ts';

/** Ten batches a second over every ticker, as a busy market makes them. */
const [name, tickerCount, barCount] = process.argv.slice(2);
const tickers = Array.from({ length: Number(tickerCount) }, (_, i) => `T${i}`);
const bars = someBars(Number(barCount));
const snapshot = createSnapshot({
  clock: systemClock,
  log: silentLog,
  pid: process.pid,
  shm: { name: name as string, mirrorBars: 1 },
  tradingDay: (_ticker, ms) => ({
    kind: 'open',
    t: Math.floor(ms / dayMs) * dayMs,
    closes: null,
    figuresFrom: Infinity,
  }),
});
await snapshot.start();
snapshot.write(tickers.map((ticker) => history(ticker, bars)));
console.log('writing');

let round = 0;
const lastDay = firstDay + (bars.length - 1) * dayMs;
const cancel = every(systemClock, 100, () => {
  round++;
  for (const ticker of tickers) snapshot.tick(ticker, 100 + (round % 7), round, lastDay + round);
});
process.stdin.on('end', () => {
  cancel();
  void snapshot.stop();
});
process.stdin.resume();
