import { systemClock } from '../../main/kit/clock.ts';
import { silentLog } from '../../main/kit/log.ts';
import { createNdjsonServer } from '../../main/ndjson/server.ts';
import { idleDesk, QuoteBoard, testPorts } from '../../main/ndjson/testing/doubles.ts';
import type { Quote } from '../../shared/quote.ts';

/** The server with so many tickers, in a process of its own, as the bench measures it. */
const tickers = Number(process.argv[2] ?? 20);
const quotes = new QuoteBoard();
for (let i = 0; i < tickers; i++) quotes.set(`T${i}`, quote(i));

const server = createNdjsonServer(
  {
    host: '127.0.0.1',
    port: 0,
    maxLineBytes: 65_536,
    idleTimeoutMs: 600_000,
    freshnessMs: 90_000,
    clock: systemClock,
    log: silentLog,
    version: 'bench',
  },
  testPorts({ quotes, lease: idleDesk }),
);
const { port } = await server.start();
process.send?.({ port });

let updates: NodeJS.Timeout | undefined;

process.on('message', (message: { readonly do: string; readonly rate?: number }) => {
  switch (message.do) {
    case 'memory':
      globalThis.gc?.();
      process.send?.({ rss: process.memoryUsage.rss(), connections: server.stats().connections });
      return;
    case 'tick':
      tick(message.rate ?? 10);
      return;
    case 'final':
      clearInterval(updates);
      for (let i = 0; i < tickers; i++) quotes.set(`T${i}`, { ...quote(i), volume: -1 });
      return;
  }
});

function quote(i: number): Partial<Quote> {
  return { price: 100 + (i % 4000) / 16, volume: 1_000_000 + i, tsEpochMs: Date.now() };
}

/** Every ticker changes `rate` times a second; its price is the moment of the change. */
function tick(rate: number): void {
  let at = 0;
  let last = performance.now();
  updates = setInterval(() => {
    const now = performance.now();
    const due = Math.floor(((now - last) / 1000) * rate * tickers);
    if (due > 0) last += (due * 1000) / (rate * tickers);
    for (let i = 0; i < due; i++, at = (at + 1) % tickers) {
      const moment = performance.timeOrigin + performance.now();
      quotes.set(`T${at}`, { price: moment, volume: 1, tsEpochMs: Date.now() });
    }
  }, 1);
}
