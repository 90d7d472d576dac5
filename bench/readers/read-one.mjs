/** Reads one series after another as a program would, and prints how long a read takes. */
import { Bars } from '../../clients/node/bars.mjs';

const [name, wanted, verify] = process.argv.slice(2);
const reads = Number(wanted);
const bars = new Bars(name, { verify: verify === 'verify' });
const symbols = bars.listTickers();
const times = new Float64Array(reads);
let seed = 12345;
let reuse;
for (const symbol of symbols) reuse = bars.history(symbol, '1d', { reuse });
bars.retries = 0;
for (let i = 0; i < reads; i++) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  const symbol = symbols[(seed >>> 8) % symbols.length];
  const start = process.hrtime.bigint();
  reuse = bars.history(symbol, '1d', { reuse });
  times[i] = Number(process.hrtime.bigint() - start);
}
times.sort();
const [p50, p99] = [times[reads >> 1], times[Math.floor(reads * 0.99)]];
console.log(JSON.stringify({ p50, p99, reads, retries: bars.retries }));
