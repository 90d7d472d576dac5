import { Bars } from '../../../clients/node/bars.mjs';

const [name, tickers, wanted, seconds, verify] = process.argv.slice(2);
const bars = new Bars(name, { verify: verify === 'verify', budgetMs: 1000 });
const end = performance.now() + Number(seconds) * 1000;
const day = 86_400_000n;
const failures = {};
let reads = 0;
let torn = 0;
let busy = 0;
let reuse;

function uniform(history) {
  const value = history.close[0];
  const { t, open, high, low, close, volume, count } = history;
  for (let i = 0; i < count; i++) {
    if (open[i] !== value || high[i] !== value || low[i] !== value) return false;
    if (close[i] !== value || volume[i] !== value) return false;
  }
  for (let i = 0; i < count; i += 97) {
    if (t[i] !== BigInt(i) * day + BigInt(value)) return false;
  }
  return true;
}

while (reads < Number(wanted) && performance.now() < end) {
  try {
    reuse = bars.history(`T${reads % Number(tickers)}`, '1d', { reuse });
  } catch (error) {
    if (error.code === 'WRITER_BUSY') busy++;
    else failures[error.code ?? error.message] = (failures[error.code ?? error.message] ?? 0) + 1;
    continue;
  }
  reads++;
  if (!uniform(reuse)) torn++;
}
console.log(JSON.stringify({ reads, torn, busy, retries: bars.retries, failures }));
