import net from 'node:net';
import { percentile } from '../bench.ts';

/**
 * Many subscribers in one process, each on ten of the tickers. The price of a quote is the moment
 * it was set; a volume of -1 marks the last value of a ticker, which nobody may miss.
 */
const [port, subscribers, tickers] = process.argv.slice(2).map(Number) as [number, number, number];
const perSubscriber = 10;
const eventHead = '{"v":1,"id":null,"type":"event","op":"quotes","data":{"price":';
const delays: number[] = [];
let subscribed = 0;
let finals = 0;
let measuring = false;

function subscriber(number: number): void {
  const names = Array.from({ length: perSubscriber }, (_, i) => `T${(number * 7 + i) % tickers}`);
  const socket = net.connect(port, '127.0.0.1');
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('connect', () => {
    socket.write(`${JSON.stringify({ v: 1, id: 1, type: 'subscribe', tickers: names })}\n`);
  });
  socket.on('data', (text: string) => {
    const now = performance.timeOrigin + performance.now();
    const lines = (rest + text).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) {
      if (!line.startsWith(eventHead)) {
        if (++subscribed === subscribers) process.send?.({ subscribed });
        continue;
      }
      if (line.includes('"volume":-1,')) finals++;
      else if (measuring) delays.push(now - Number.parseFloat(line.slice(eventHead.length)));
    }
  });
}

process.send?.({ port: 0 });
process.on('message', (message: { readonly do: string }) => {
  switch (message.do) {
    case 'subscribe':
      for (let i = 0; i < subscribers; i++) subscriber(i);
      return;
    case 'measure':
      measuring = true;
      return;
    case 'report':
      process.send?.({
        events: delays.length,
        p50: delays.length === 0 ? 0 : percentile(delays, 50),
        p99: delays.length === 0 ? 0 : percentile(delays, 99),
        missed: subscribers * perSubscriber - finals,
      });
      return;
  }
});
