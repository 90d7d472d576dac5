import { setTimeout as sleep } from 'node:timers/promises';
import { LineClient } from '../../main/ndjson/line-client.ts';
import { type Bench, type BenchContext, type Figure, median } from '../bench.ts';
import {
  type Load,
  load,
  type Measured,
  makeLoad,
  type Program,
  startProgram,
  startRedis,
} from '../ndjson/peers.ts';

const tickers = 100;

const bench: Bench = {
  topic: 'ndjson',
  async figures(context) {
    return [
      ...(await rates(context)),
      ...(await manySubscribers(context)),
      ...(await manyIdle(context)),
    ];
  },
};

export default bench;

/** One way of asking, measured on all peers in turn. */
interface Round {
  readonly ours: Measured;
  readonly echo: Measured;
  readonly redis: Measured | null;
}

async function rates(context: BenchContext): Promise<readonly Figure[]> {
  const generator = makeLoad();
  if (!generator) {
    context.say('no C compiler: the rates cannot be measured');
    return [];
  }
  const { program } = generator;
  const ours = await startProgram('quote-server', String(tickers));
  const echo = await startProgram('echo-server');
  const redis = await startRedis(tickers, await answerOf(ours.port));
  if (!redis) context.say('redis-server is not installed: no comparison with it');
  const repeat = context.quick ? 1 : 9;
  const seconds = context.quick ? 0.1 : 0.5;

  const measure = async (connections: number, depth: number): Promise<readonly Round[]> => {
    context.say(`${connections} connections, ${depth} in flight on each`);
    const shape: Load = { connections, depth, seconds, tickers };
    const rounds: Round[] = [];
    for (let i = 0; i < repeat; i++) {
      rounds.push({
        echo: await load(program, echo.port, 'echo', shape),
        ours: await load(program, ours.port, 'ndjson', shape),
        redis: redis && (await load(program, redis.port, 'redis', shape)),
      });
    }
    return rounds;
  };

  try {
    const single = await measure(1, 1);
    const many = await measure(16, 1);
    const piped = await measure(1, 64);
    const manyPiped = await measure(16, 64);
    return [
      againstEcho('get_quote, one by one: median delay', single),
      ...rateFigures('get_quote, 16 connections one by one', many, { echo: 0.9, redis: 0.72 }),
      ...rateFigures('get_quote, 1 connection 64 in flight', piped, { redis: 1 }),
      ...rateFigures('get_quote, 16 connections 64 in flight', manyPiped, { redis: 1.2 }),
      ...(await tickerCounts(context, program, seconds)),
    ];
  } finally {
    await Promise.all([ours.stop(), echo.stop(), redis?.stop()]);
    generator.remove();
  }
}

function againstEcho(name: string, rounds: readonly Round[]): Figure {
  return {
    name: `${name}, of the echo's`,
    value: median(rounds.map(({ ours, echo }) => ours.p50 / echo.p50)),
    unit: '×',
    goal: { atMost: 1.15 },
    peer: { name: 'echo', value: median(rounds.map(({ echo }) => echo.p50)), unit: 'µs' },
    note: `${median(rounds.map(({ ours }) => ours.p50)).toFixed(1)} µs`,
  };
}

function rateFigures(
  name: string,
  rounds: readonly Round[],
  goals: { readonly echo?: number; readonly redis: number },
): readonly Figure[] {
  const rate = median(rounds.map(({ ours }) => ours.rate));
  const figures: Figure[] = [
    {
      name: `${name}, of the echo's`,
      value: median(rounds.map(({ ours, echo }) => ours.rate / echo.rate)),
      unit: '×',
      ...(goals.echo === undefined ? {} : { goal: { atLeast: goals.echo } }),
      peer: { name: 'echo', value: median(rounds.map(({ echo }) => echo.rate)), unit: '/s' },
      note: `${Math.round(rate)} /s`,
    },
  ];
  const beside = rounds.flatMap(({ ours, redis }) =>
    redis ? [{ ratio: ours.rate / redis.rate, rate: redis.rate }] : [],
  );
  if (beside.length === 0) return figures;
  figures.push({
    name: `${name}, of Redis GET's`,
    value: median(beside.map(({ ratio }) => ratio)),
    unit: '×',
    goal: { atLeast: goals.redis },
    peer: { name: 'redis-server', value: median(beside.map((one) => one.rate)), unit: '/s' },
  });
  return figures;
}

/**
 * Whether a thousand times as many tickers make a difference. Two processes differ by some hundredths
 * in where their memory happens to lie, so several pairs are compared.
 */
async function tickerCounts(
  context: BenchContext,
  program: string,
  seconds: number,
): Promise<readonly Figure[]> {
  context.say('20 and 20 000 tickers');
  const shape = { connections: 16, depth: 1, seconds };
  const ratios: number[] = [];
  for (let pair = 0; pair < (context.quick ? 1 : 5); pair++) {
    const few = await startProgram('quote-server', '20');
    const many = await startProgram('quote-server', '20000');
    try {
      // The first time a ticker is asked for its answer is made: that is not what is measured here.
      await load(program, many.port, 'ndjson', { ...shape, depth: 64, tickers: 20_000 });
      await load(program, few.port, 'ndjson', { ...shape, depth: 64, tickers: 20 });
      for (let i = 0; i < (context.quick ? 1 : 5); i++) {
        const one = await load(program, few.port, 'ndjson', { ...shape, tickers: 20 });
        const other = await load(program, many.port, 'ndjson', { ...shape, tickers: 20_000 });
        ratios.push(other.rate / one.rate);
      }
    } finally {
      await Promise.all([few.stop(), many.stop()]);
    }
  }
  return [
    {
      name: 'get_quote rate with 20 000 tickers, of that with 20',
      value: median(ratios),
      unit: '×',
      goal: { atLeast: 0.95 },
    },
  ];
}

async function manySubscribers(context: BenchContext): Promise<readonly Figure[]> {
  const subscribers = context.quick ? 50 : 1000;
  context.say(`${subscribers} subscribers`);
  const server = await startProgram('quote-server', String(tickers));
  const audience = await startProgram(
    'subscribers',
    ...[server.port, subscribers, tickers].map(String),
  );
  try {
    await audience.ask({ do: 'subscribe' });
    server.tell({ do: 'tick', rate: 10 });
    await sleep(1000);
    audience.tell({ do: 'measure' });
    await sleep(context.quick ? 500 : 8000);
    server.tell({ do: 'final' });
    const report = await finalReport(audience);
    return [
      {
        name: `${subscribers} subscribers on 10 of 100 tickers at 10/s: missed final values`,
        value: report.missed,
        unit: '',
        goal: { atMost: 0 },
      },
      {
        name: `${subscribers} subscribers: delay p99`,
        value: report.p99,
        unit: 'ms',
        goal: { atMost: 50 },
        note: `p50 ${report.p50.toFixed(1)} ms over ${report.events} events`,
      },
    ];
  } finally {
    await Promise.all([audience.stop(), server.stop()]);
  }
}

interface Report {
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
  readonly missed: number;
}

async function finalReport(audience: Program): Promise<Report> {
  for (let tries = 0; ; tries++) {
    await sleep(200);
    const report = await audience.ask<Report>({ do: 'report' });
    if (report.missed === 0 || tries === 25) return report;
  }
}

async function manyIdle(context: BenchContext): Promise<readonly Figure[]> {
  const wanted = context.quick ? 200 : 10_000;
  context.say(`${wanted} idle connections`);
  const server = await startProgram('quote-server', '20');
  const clients = await startProgram('idle-clients', String(server.port), String(wanted));
  try {
    const memory = () => server.ask<{ rss: number; connections: number }>({ do: 'memory' });
    const before = await memory();
    const { failed } = await clients.ask<{ open: number; failed: number }>({ do: 'connect' });
    if (failed > 0)
      context.say(`${failed} connections failed: is the limit of open files too low?`);
    let after = await memory();
    for (let tries = 0; tries < 50 && after.connections < wanted - failed; tries++) {
      await sleep(100);
      after = await memory();
    }
    return [
      {
        name: `${after.connections} idle connections: memory more`,
        value: (after.rss - before.rss) / 1024 / 1024,
        unit: 'MiB',
        goal: { atMost: 250 },
      },
    ];
  } finally {
    await Promise.all([clients.stop(), server.stop()]);
  }
}

/** The bytes of one answer, for a peer that only hands out bytes. */
async function answerOf(port: number): Promise<string> {
  const client = await LineClient.connect(port);
  const answer = await client.ask('{"v":1,"id":123456,"type":"get_quote","ticker":"T10"}');
  client.close();
  return answer ?? '';
}
