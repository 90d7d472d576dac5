import { type ChildProcess, fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { SimulatorOptions } from '../../main/simulator/index.ts';
import { encodeRequest } from '../../main/simulator/protocol/encode.ts';
import type { Request, RequestName } from '../../main/simulator/protocol/requests.ts';
import { Sink } from '../../main/simulator/protocol/sink.ts';
import { historyRequest, marketDataRequest } from '../../main/simulator/testing/requests.ts';
import type { Bench, BenchContext, Figure } from '../bench.ts';

const serverFile = fileURLToPath(new URL('../parts/simulator-server.ts', import.meta.url));

interface Server {
  readonly port: number;
  /** Processor milliseconds used so far, and when that was. */
  usage(): Promise<{ readonly cpuMs: number; readonly atMs: number }>;
  stop(): Promise<void>;
}

async function serve(options: SimulatorOptions): Promise<Server> {
  const child = fork(
    serverFile,
    [JSON.stringify({ limits: false, marketHours: 'always', ...options })],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const { port } = (await message(child)) as { port: number };
  return {
    port,
    async usage() {
      const answer = message(child);
      child.send('usage');
      const { usage, at } = (await answer) as { usage: NodeJS.CpuUsage; at: number };
      return { cpuMs: (usage.user + usage.system) / 1000, atMs: at };
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.send('stop');
      await gone;
    },
  };
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
}

/** A client that reads everything and counts frames by their first field. */
class Reader {
  readonly #socket: Socket;
  readonly counts = new Map<number, number>();
  bytes = 0;
  bars = 0;
  closed = false;
  #pending: Buffer = Buffer.alloc(0);
  #greeted = false;

  constructor(port: number, clientId: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.write(Buffer.from('API\0\0\0\0\x09v100..193', 'latin1'));
    this.#socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.closed = true;
    });
    this.send('startApi', { version: 2, clientId, optionalCapabilities: '' });
  }

  send<N extends RequestName>(name: N, values: Request<N>): void {
    const sink = new Sink(512);
    encodeRequest(sink, name, values, 193);
    this.#socket.write(sink.take());
  }

  count(...ids: readonly number[]): number {
    return ids.reduce((sum, id) => sum + (this.counts.get(id) ?? 0), 0);
  }

  close(): void {
    this.#socket.destroy();
  }

  #arrived(chunk: Buffer): void {
    this.bytes += chunk.length;
    const all = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    while (all.length - at >= 4) {
      const end = at + 4 + all.readUInt32BE(at);
      if (end > all.length) break;
      if (this.#greeted) this.#frame(all, at + 4, end);
      this.#greeted = true;
      at = end;
    }
    this.#pending = at === all.length ? Buffer.alloc(0) : all.subarray(at);
  }

  #frame(all: Buffer, start: number, end: number): void {
    let id = 0;
    for (let i = start; all[i] !== 0; i++) id = id * 10 + (all[i] as number) - 48;
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
    if (id !== 17) return;
    // The number of bars is the fifth field: number, request, start, end, count.
    let field = 0;
    let count = 0;
    for (let i = start; i < end && field < 5; i++) {
      if (all[i] === 0) field++;
      else if (field === 4) count = count * 10 + (all[i] as number) - 48;
    }
    this.bars += count;
  }
}

async function until(condition: () => boolean, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition() && Date.now() < deadline) await pause(5);
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const isTick = [1, 2, 46] as const;

/** Lines asked for, most first: a client that is dropped because it cannot read so much gets fewer. */
const loads = [3000, 2500, 2100, 1500];

/** How many tick messages a second reach one client that asks for more and more. */
async function ticks(context: BenchContext): Promise<readonly Figure[]> {
  for (const lines of context.quick ? [100] : loads) {
    const sustained = await tickRate(lines, context);
    if (!sustained) {
      context.say(`${lines} lines were more than the client could read`);
      continue;
    }
    const { rate, megabytes } = sustained;
    context.say(`${Math.round(rate)} tick messages/s`);
    return [
      {
        name: 'tick messages to one client',
        value: rate,
        unit: '/s',
        goal: { atLeast: 500_000 },
        note: `${lines} lines, ${megabytes.toFixed(1)} MB/s, client in another process, counting every frame`,
      },
    ];
  }
  throw new Error('The client was dropped at every load: it did not read fast enough.');
}

async function tickRate(
  lines: number,
  { quick }: BenchContext,
): Promise<{ readonly rate: number; readonly megabytes: number } | undefined> {
  const server = await serve({ generated: lines, ticksPerSecond: 100, seed: 11 });
  const reader = new Reader(server.port, 1);
  const symbols = await symbolsOf(lines);
  symbols.forEach((symbol, i) => {
    reader.send('marketData', marketDataRequest(i, { symbol }));
  });
  await until(() => reader.count(81) === lines || reader.closed, 20_000);
  await pause(quick ? 200 : 2500);
  const before = reader.count(...isTick);
  const bytes = reader.bytes;
  const start = performance.now();
  await pause(quick ? 1000 : 6000);
  const elapsed = (performance.now() - start) / 1000;
  const rate = (reader.count(...isTick) - before) / elapsed;
  const megabytes = (reader.bytes - bytes) / elapsed / 1e6;
  const { closed } = reader;
  reader.close();
  await server.stop();
  return closed ? undefined : { rate, megabytes };
}

/** How long a million historical bars take, made, sent and read. */
async function bars({ quick, say }: BenchContext): Promise<readonly Figure[]> {
  const requests = quick ? 2 : 110;
  const server = await serve({ generated: 200, seed: 12 });
  const symbols = await symbolsOf(200);
  const reader = new Reader(server.port, 1);
  await until(() => reader.count(9) > 0, 10_000);
  const start = performance.now();
  for (let i = 0; i < requests; i++) {
    reader.send(
      'historicalData',
      historyRequest(i, {
        symbol: symbols[i % symbols.length] as string,
        barSize: '1 min',
        duration: '7 D',
      }),
    );
  }
  await until(() => reader.count(17) >= requests, 60_000);
  const seconds = (performance.now() - start) / 1000;
  const megabytes = reader.bytes / 1e6;
  reader.close();
  await server.stop();
  say(`${reader.bars} bars in ${seconds.toFixed(2)} s`);
  return [
    {
      name: 'a million historical bars, per million',
      value: (seconds * 1_000_000) / Math.max(1, reader.bars),
      unit: 's',
      goal: { atMost: 3 },
      note: `${reader.bars} bars of ${symbols.length} symbols, none made before; ${megabytes.toFixed(0)} MB`,
    },
  ];
}

/** What a house full of clients costs the gateway. */
async function crowd({ quick, say }: BenchContext): Promise<readonly Figure[]> {
  const clients = quick ? 4 : 32;
  const lines = quick ? 10 : 100;
  const server = await serve({ generated: 400, ticksPerSecond: 10, seed: 13 });
  const symbols = await symbolsOf(400);
  const readers = Array.from({ length: clients }, (_, i) => new Reader(server.port, i));
  readers.forEach((reader, c) => {
    for (let i = 0; i < lines; i++) {
      const symbol = symbols[(c * 37 + i) % symbols.length] as string;
      reader.send('marketData', marketDataRequest(i, { symbol }));
    }
  });
  await until(() => readers.every((reader) => reader.count(81) === lines), 20_000);
  await pause(1000);
  const counted = (): number => readers.reduce((sum, one) => sum + one.count(...isTick), 0);
  const before = await server.usage();
  const ticksBefore = counted();
  await pause(quick ? 1000 : 10_000);
  const after = await server.usage();
  const share = (after.cpuMs - before.cpuMs) / (after.atMs - before.atMs);
  const rate = ((counted() - ticksBefore) * 1000) / (after.atMs - before.atMs);
  for (const reader of readers) reader.close();
  await server.stop();
  say(`${(share * 100).toFixed(1)} % of a core, ${Math.round(rate)} messages/s`);
  return [
    {
      name: `${clients} clients × ${lines} lines at 10 ticks/s`,
      value: share * 100,
      unit: '% of a core',
      goal: { atMost: 40 },
      note: `${Math.round(rate)} messages a second in all, of 400 symbols`,
    },
  ];
}

/** Invented symbols; they are the same in every market. */
async function symbolsOf(count: number): Promise<readonly string[]> {
  const { createMarket } = await import('../../main/simulator/market/market.ts');
  return createMarket({ seed: 1, hours: 'always', generated: count })
    .instruments.filter((one) => one.secType === 'STK')
    .slice(-count)
    .map((one) => one.symbol);
}

const bench: Bench = {
  topic: 'simulated gateway',
  async figures(context) {
    return [...(await ticks(context)), ...(await bars(context)), ...(await crowd(context))];
  },
};

export default bench;
