import { LineClient } from './line-client.ts';

export interface SmokeOptions {
  readonly host: string;
  readonly port: number;
  /** Needed where the server listens to other machines. */
  readonly token?: string | null;
  readonly timeoutMs?: number;
}

export interface SmokeResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was wrong, why it was skipped, or what was found. */
  readonly note: string;
}

interface Answer {
  readonly id: unknown;
  readonly type: string;
  readonly op?: string;
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** One connection on which a check asks its questions. */
interface Talk {
  ask(type: string, fields?: object): Promise<Answer>;
  data<T>(type: string, fields?: object): Promise<T>;
  refused(code: string, type: string, fields?: object): Promise<string>;
  raw(line: string): Promise<Answer>;
  next(): Promise<Answer>;
}

/** A check gives its note, or throws. */
interface Check {
  readonly name: string;
  run(talk: Talk): Promise<string>;
}

class Skipped extends Error {}

/** Exercises every request and the common errors of a running server. */
export async function smokeTest(options: SmokeOptions): Promise<readonly SmokeResult[]> {
  const results: SmokeResult[] = [];
  for (const check of checks) results.push(await judge(check, options));
  return results;
}

async function judge(check: Check, options: SmokeOptions): Promise<SmokeResult> {
  const { name } = check;
  let client: LineClient | undefined;
  try {
    client = await LineClient.connect(options.port, options.host);
    const talk = talkOver(client, options.timeoutMs ?? 5000);
    if (options.token) await talk.data('auth', { token: options.token });
    return { name, outcome: 'passed', note: await check.run(talk) };
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    return { name, outcome: error instanceof Skipped ? 'skipped' : 'failed', note };
  } finally {
    client?.close();
  }
}

function talkOver(client: LineClient, timeoutMs: number): Talk {
  let lastId = 0;
  const next = async (): Promise<Answer> => {
    const line = await inTime(client.line(), timeoutMs);
    if (line === null) throw new Error('the server closed the connection');
    return JSON.parse(line) as Answer;
  };
  const ask = async (type: string, fields: object = {}): Promise<Answer> => {
    const id = ++lastId;
    client.write(`${JSON.stringify({ v: 1, id, type, ...fields })}\n`);
    let answer = await next();
    // Quotes that were on their way come before the answer.
    while (answer.type === 'event') answer = await next();
    expect(answer.id === id, `the id ${id} comes back`);
    return answer;
  };
  return {
    ask,
    next,
    async data<T>(type: string, fields: object = {}) {
      const answer = await ask(type, fields);
      if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.message}`);
      expect(answer.type === 'response' && answer.op === type, `a response to ${type}`);
      return answer.data as T;
    },
    async refused(code, type, fields = {}) {
      const { error } = await ask(type, fields);
      expect(error?.code === code, `the error ${code}, not ${error?.code ?? 'an answer'}`);
      return error?.message ?? '';
    },
    async raw(line) {
      client.write(`${line}\n`);
      return next();
    },
  };
}

const checks: readonly Check[] = [
  {
    name: 'hello, ping, get_status',
    async run(talk) {
      const hello = await talk.data<{ server: string; version: string }>('hello');
      expect((await talk.data<{ ts_ms: number }>('ping')).ts_ms > 0, 'the time');
      await talk.data('get_status');
      return `${hello.server} ${hello.version}`;
    },
  },
  {
    name: 'list_tickers',
    async run(talk) {
      const tickers = await talk.data<string[]>('list_tickers');
      expect(Array.isArray(tickers), 'a list');
      expect(tickers.length > 0, 'at least one ticker');
      return `${tickers.length} tickers`;
    },
  },
  {
    name: 'get_quote',
    async run(talk) {
      const ticker = await firstTicker(talk);
      const quote = await talk.data<object>('get_quote', { ticker });
      const delayed = 'delayed' in quote ? 'delayed,' : '';
      const fields = `price,volume,currency,ts_epoch_ms,source,${delayed}ticker,stale`;
      expect(Object.keys(quote).join() === fields, `the fields ${fields}`);
      return JSON.stringify(quote);
    },
  },
  {
    name: 'get_quotes',
    async run(talk) {
      const ticker = await firstTicker(talk);
      const tickers = [ticker, unknownTicker];
      const data = await talk.data<{ quotes: unknown[]; unknown: unknown[] }>('get_quotes', {
        tickers,
      });
      expect(data.quotes.length === 1, 'one quote');
      expect(data.unknown.join() === unknownTicker, 'the unknown ticker named');
      return '';
    },
  },
  {
    name: 'get_history',
    async run(talk) {
      const ticker = await firstTicker(talk);
      const answer = await talk.ask('get_history', { ticker, limit: 5 });
      if (answer.error?.code === 'NOT_FOUND') throw new Skipped(answer.error.message);
      const { bars } = answer.data as { bars: unknown[] };
      expect(bars.length <= 5, 'at most the bars asked for');
      return `${bars.length} bars of ${ticker}`;
    },
  },
  {
    name: 'get_snapshot_epoch',
    async run(talk) {
      const data = await talk.data<{ epoch: number; last_update_ms: number }>('get_snapshot_epoch');
      expect(Object.keys(data).join() === 'epoch,last_update_ms', 'epoch and last_update_ms');
      return `epoch ${data.epoch}`;
    },
  },
  {
    name: 'get_shm_name',
    async run(talk) {
      const answer = await talk.ask('get_shm_name');
      if (answer.error) {
        expect(answer.error.code === 'NOT_FOUND', 'NOT_FOUND where shared memory is off');
        return 'shared memory is off';
      }
      const { shm_name: name } = answer.data as { shm_name: string };
      expect(typeof name === 'string' && name !== '', 'a name');
      return name;
    },
  },
  {
    name: 'subscribe, unsubscribe',
    async run(talk) {
      const ticker = await firstTicker(talk);
      await talk.data('subscribe', { tickers: [ticker] });
      const event = await talk.next();
      expect(event.type === 'event' && event.op === 'quotes', 'the quote as it is now');
      const ended = await talk.data<{ topics: unknown[] }>('unsubscribe');
      expect(ended.topics.length === 0, 'no topic left');
      return '';
    },
  },
  {
    name: 'acquire_ibkr, renew_ibkr, release_ibkr, get_reservation',
    async run(talk) {
      const { state } = await talk.data<{ state: string }>('get_reservation');
      if (state !== 'free') throw new Skipped('the session is in use');
      const answer = await talk.data<{ status: string; lease: string; reason: string }>(
        'acquire_ibkr',
        { client: 'smoke', ttl_ms: 30_000 },
      );
      if (answer.status === 'denied') throw new Skipped(answer.reason);
      const { lease } = answer;
      try {
        await talk.refused('CONFLICT', 'acquire_ibkr');
        await talk.data('renew_ibkr', { lease, ttl_ms: 30_000 });
        await talk.refused('FORBIDDEN', 'release_ibkr', { lease: 'not the token' });
      } finally {
        await talk.data('release_ibkr', { lease });
      }
      await talk.refused('BAD_REQUEST', 'release_ibkr');
      return '';
    },
  },
  {
    name: 'unknown ticker',
    run: (talk) => talk.refused('NOT_FOUND', 'get_quote', { ticker: unknownTicker }),
  },
  { name: 'missing ticker', run: (talk) => talk.refused('BAD_REQUEST', 'get_quote') },
  { name: 'unknown type', run: (talk) => talk.refused('BAD_REQUEST', 'no_such_request') },
  {
    name: 'missing fields',
    async run(talk) {
      const { error } = await talk.raw('{"type":"list_tickers"}');
      expect(error?.code === 'BAD_REQUEST', 'the error BAD_REQUEST');
      expect(error?.message === 'Missing required fields: v, id', 'the missing fields named');
      return error?.message ?? '';
    },
  },
  {
    name: 'malformed JSON',
    async run(talk) {
      const { error } = await talk.raw('this is no JSON');
      expect(error?.code === 'BAD_REQUEST', 'the error BAD_REQUEST');
      await talk.data('ping');
      return error?.message ?? '';
    },
  },
];

const unknownTicker = 'NO-SUCH-TICKER';

async function firstTicker(talk: Talk): Promise<string> {
  const [ticker] = await talk.data<string[]>('list_tickers');
  if (ticker === undefined) throw new Skipped('there is no ticker yet');
  return ticker;
}

function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(`expected ${what}`);
}

function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
