#!/usr/bin/env node
// Every operation of Gatehouse, one after the other, with both directions on standard output.
import { parseArgs } from 'node:util';
import { connect, GatehouseError } from './client.mjs';
import { SessionUnavailable, withLease } from './lease.mjs';

const usage = `node client-example.mjs [--host 127.0.0.1] [--port 12345] [--token TOKEN] [--listen SECONDS]

Asks a running Gatehouse everything it answers, and prints both directions.`;

// Whoever reads this may have seen enough, as `head` does.
process.stdout.on('error', () => process.exit());

const values = readOptions();
const address = { host: values.host, port: Number(values.port), token: values.token };

const client = await connect({
  ...address,
  log: (direction, line) => console.log(direction, line),
}).catch((error) => {
  if (error.code === undefined) throw error;
  const { host, port } = address;
  console.error(`Nothing answers on ${host}:${port} (${error.code}). Is Gatehouse running?`);
  process.exit(1);
});
await client.hello();
await client.ping();
await client.getStatus();
await client.getSnapshotEpoch();
await tolerate('shared memory', () => client.getShmName());
const tickers = await client.listTickers();
if (tickers.length > 0) {
  await client.getQuote(tickers[0]);
  await client.getQuotes(tickers.slice(0, 5));
  await tolerate('history', async () => {
    let bars = 0;
    for await (const _ of client.history(tickers[0])) bars++;
    console.log(`${bars} daily bars of ${tickers[0]}`);
  });
  await listen(tickers.slice(0, 5));
}
await client.getReservation();
await tolerate('the plain reservation', async () => {
  const answer = await client.acquire();
  if (answer.status === 'denied') return console.log(`not now: ${answer.reason}`);
  console.log('here the program connects to IBKR, and disconnects');
  await client.release();
});
client.close();

try {
  await withLease({ ...address, name: 'client-example', waitMs: 5000 }, ({ recalled }) => {
    console.log(`the session is ours; asked back: ${recalled.aborted}`);
  });
} catch (error) {
  if (!(error instanceof SessionUnavailable)) throw error;
  console.log(`not now: ${error.message}`);
}

async function listen(some) {
  const stop = client.onPush(({ op, data }) => console.log('pushed', op, data));
  await client.subscribe({ tickers: some, topics: ['quotes', 'snapshot'] });
  await new Promise((resolve) => setTimeout(resolve, Number(values.listen) * 1000));
  stop();
  await client.unsubscribe();
}

/** What this Gatehouse does not have is no reason to end the tour. */
async function tolerate(what, call) {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    console.log(`${what}: ${error.message}`);
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '12345' },
        token: { type: 'string' },
        listen: { type: 'string', default: '2' },
        help: { type: 'boolean', default: false },
      },
    });
    if (!values.help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(64);
  }
}
