import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventName, IBApi, type SecType } from '@stoqey/ib';
import { usualFlow } from '../../main/ibkr/ports.ts';
import { IbkrSession } from '../../main/ibkr/session.ts';
import { systemClock } from '../../main/kit/clock.ts';
import { silentLog } from '../../main/kit/log.ts';
import { createNdjsonServer } from '../../main/ndjson/server.ts';
import { testPorts } from '../../main/ndjson/testing/doubles.ts';
import { startSimulator } from '../../main/simulator/index.ts';
import { createSnapshot, type Snapshot } from '../../main/snapshot/index.ts';
import { type Bench, type BenchContext, type Figure, median, percentile } from '../bench.ts';
import { collectGarbage } from '../garbage.ts';
import type { Order, Report } from '../ibkr/feeder.ts';

const tickers = Array.from({ length: 1000 }, (_, i) => `T${i}`);

/** The gateway process, with what it reports. */
class Feeder {
  readonly #child: ChildProcess;
  port = 0;
  requested = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (report: Report) => {
      if (report.type === 'requested') this.requested = report.ids;
    });
  }

  static async start(): Promise<Feeder> {
    const feeder = new Feeder(fork(new URL('../ibkr/feeder.ts', import.meta.url)));
    const [report] = (await once(feeder.#child, 'message')) as [Report];
    if (report.type === 'listening') feeder.port = report.port;
    return feeder;
  }

  order(order: Order): void {
    this.#child.send(order);
  }

  async traced(): Promise<Report & { type: 'traced' }> {
    for (;;) {
      const [report] = (await once(this.#child, 'message')) as [Report];
      if (report.type === 'traced') return report;
    }
  }

  async allRequested(count = tickers.length): Promise<void> {
    while (this.requested < count) await once(this.#child, 'message');
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await once(this.#child, 'exit');
  }
}

interface Fed {
  readonly session: IbkrSession;
  readonly snapshot: Snapshot;
  flood(frames: number): Promise<number>;
  stop(): Promise<void>;
}

/** The program's own way from socket to quote cache and segment, following every ticker. */
async function fed(feeder: Feeder, followed = tickers): Promise<Fed> {
  const snapshot = createSnapshot({
    clock: systemClock,
    log: silentLog,
    pid: process.pid,
    shm: { name: `gh-bench-ticks-${process.pid}`, mirrorBars: 30 },
  });
  await snapshot.start();
  const session = new IbkrSession(
    {
      host: '127.0.0.1',
      port: feeder.port,
      clientId: 1,
      clientIdPolicy: 'fixed',
      autoReconnect: false,
      live: false,
      gateway: false,
      marketDataType: 'live',
      clock: systemClock,
      log: silentLog,
      lines: tickers.length,
      messagesPerSecond: 1_000_000,
      flow: { ...usualFlow, proofMs: 3_600_000 },
    },
    {
      quotes: { tick: (symbol, price, volume, at) => snapshot.tick(symbol, price, volume, at) },
      publish() {},
    },
  );
  session.watch(followed);
  await session.start();
  await feeder.allRequested(followed.length);
  return {
    session,
    snapshot,
    async flood(frames) {
      const api = session.raw as IBApi;
      const begun = performance.now();
      feeder.order({ type: 'flood', frames });
      await new Promise((resolve) => api.once(EventName.currentTime, resolve));
      return frames / ((performance.now() - begun) / 1000);
    },
    async stop() {
      await session.stop();
      await snapshot.stop();
    },
  };
}

/** The library alone, with listeners that only count: what its decoder makes of the same frames. */
async function stockRate(feeder: Feeder, frames: number): Promise<number> {
  const api = new IBApi({ host: '127.0.0.1', port: feeder.port, maxReqPerSec: 1_000_000 });
  let ticks = 0;
  api.on(EventName.tickPrice, () => ticks++);
  api.on(EventName.tickSize, () => ticks++);
  api.on(EventName.error, () => {});
  api.connect(1);
  await new Promise((resolve) => api.once(EventName.nextValidId, resolve));
  for (const [i, symbol] of tickers.entries()) {
    const contract = { symbol, secType: 'STK' as SecType, exchange: 'SMART', currency: 'USD' };
    api.reqMktData(1_000_000 + i, contract, '', false, false);
  }
  await feeder.allRequested();
  const begun = performance.now();
  feeder.order({ type: 'flood', frames });
  await new Promise((resolve) => api.once(EventName.currentTime, resolve));
  const rate = frames / ((performance.now() - begun) / 1000);
  api.disconnect();
  return rate;
}

/** Beside ib_async where a checkout is named: GATEHOUSE_IB_ASYNC=/path/ib_async:/path/eventkit. */
function ibAsync(own: number, frames: number): readonly Figure[] {
  const folders = process.env['GATEHOUSE_IB_ASYNC'];
  if (!folders) return [];
  const script = fileURLToPath(new URL('../ibkr/ib_async_rate.py', import.meta.url));
  const python = process.env['PYTHON'] ?? 'python3';
  const args = [script, String(frames), ...folders.split(path.delimiter)];
  const rate = Number(execFileSync(python, args, { encoding: 'utf8' }));
  return [
    {
      name: 'the same, of what ib_async decodes',
      value: own / rate,
      unit: '×',
      goal: { atLeast: 3 },
      peer: { name: 'ib_async', value: rate, unit: 'frames/s' },
    },
  ];
}

async function throughput({ quick, say }: BenchContext): Promise<readonly Figure[]> {
  const frames = quick ? 48_000 : 2_400_000;
  const rounds = quick ? 1 : 3;
  const own: number[] = [];
  const stock: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const feeder = await Feeder.start();
    const running = await fed(feeder);
    await running.flood(frames / 10);
    own.push(await running.flood(frames));
    await running.stop();
    await feeder.stop();
    const second = await Feeder.start();
    await stockRate(second, frames / 4).then((rate) => stock.push(rate));
    await second.stop();
    say(
      `round ${round + 1}: ${Math.round(own.at(-1) ?? 0)} a second, library ${Math.round(stock.at(-1) ?? 0)}`,
    );
  }
  return [
    {
      name: 'ticks from the socket to quote cache and segment, 1 000 tickers, varied frames',
      value: median(own),
      unit: 'frames/s',
      goal: { atLeast: 500_000 },
      peer: { name: '@stoqey/ib decoding only', value: median(stock) },
    },
    ...ibAsync(median(own), quick ? 20_000 : 400_000),
  ];
}

async function latency({ quick }: BenchContext): Promise<readonly Figure[]> {
  const feeder = await Feeder.start();
  // As many as a login has lines, unless more were bought.
  const running = await fed(feeder, tickers.slice(0, 100));
  const { snapshot } = running;
  const server = createNdjsonServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxLineBytes: 65_536,
      idleTimeoutMs: 0,
      freshnessMs: 90_000,
      clock: systemClock,
      log: silentLog,
      version: 'bench',
    },
    testPorts({
      quotes: snapshot.quotes,
      snapshot: {
        get epoch() {
          return snapshot.state.epoch;
        },
        get lastUpdateMs() {
          return snapshot.state.lastUpdateMs;
        },
        onBatch: (listener) => snapshot.onBatch(listener),
      },
    }),
  );
  const { port } = await server.start();
  feeder.order({ type: 'flood', frames: 24_000 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const seconds = quick ? 1 : 10;
  feeder.order({ type: 'trace', perSecond: 10_000, seconds, ndjsonPort: port });
  const { millis, sent } = await feeder.traced();
  await server.stop();
  await running.stop();
  await feeder.stop();
  const note = `${millis.length} ticks timed while ${Math.round(sent / seconds)} a second came in`;
  return [
    {
      name: 'tick on the socket until get_quote shows it, p99, 10 000 ticks/s over 100 tickers',
      value: percentile(millis, 99),
      unit: 'ms',
      goal: { atMost: 2 },
      peer: { name: 'p50', value: percentile(millis, 50) },
      note,
    },
  ];
}

async function recovery({ quick }: BenchContext): Promise<readonly Figure[]> {
  const simulator = await startSimulator({ marketHours: 'always' });
  const session = new IbkrSession(
    {
      host: simulator.host,
      port: simulator.port,
      clientId: 1,
      clientIdPolicy: 'cycle',
      autoReconnect: true,
      live: false,
      gateway: false,
      marketDataType: 'live',
      clock: systemClock,
      log: silentLog,
    },
    { quotes: { tick() {} }, publish() {} },
  );
  await session.start();
  const open = async (): Promise<void> => {
    while (!session.isOpen()) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const millis: number[] = [];
  for (let i = 0; i < (quick ? 1 : 5); i++) {
    await open();
    // A session that dies young counts as a failure after a few times; real ones live longer.
    await new Promise((resolve) => setTimeout(resolve, quick ? 100 : 5100));
    const begun = performance.now();
    simulator.fault('kill-socket');
    while (session.isOpen()) await new Promise((resolve) => setTimeout(resolve, 1));
    await open();
    millis.push(performance.now() - begun);
  }
  await session.stop();
  await simulator.close();
  return [
    {
      name: 'new session after a killed socket, slowest',
      value: Math.max(...millis),
      unit: 'ms',
      goal: { atMost: 1000 },
      peer: { name: 'median', value: median(millis) },
    },
  ];
}

async function memory({ quick, say }: BenchContext): Promise<readonly Figure[]> {
  const feeder = await Feeder.start();
  const running = await fed(feeder);
  const portion = quick ? 48_000 : 1_008_000;
  const used = (): number => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  await running.flood(portion);
  const before = used();
  let sent = 0;
  while (sent < (quick ? 96_000 : 10_000_000)) {
    await running.flood(portion);
    sent += portion;
    say(`${(sent / 1e6).toFixed(1)} million ticks, ${(used() / 1e6).toFixed(1)} MB`);
  }
  const growth = (used() / before - 1) * 100;
  await running.stop();
  await feeder.stop();
  return [
    {
      name: `memory growth over ${(sent / 1e6).toFixed(1)} million ticks`,
      value: growth,
      unit: '%',
      goal: { atMost: 5 },
      note: `from ${(before / 1e6).toFixed(1)} MB`,
    },
  ];
}

const bench: Bench = {
  topic: 'IBKR session',
  async figures(context) {
    const figures: Figure[] = [];
    for (const part of [throughput, latency, recovery, memory]) {
      figures.push(...(await part(context)));
    }
    return figures;
  },
};
export default bench;
